package io.barnabas.metadata.rules.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.PartitionInfo;
import io.barnabas.metadata.rules.TopicInfo;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * A coordinator whose records are committed some time after it acts, and which may be replaced at any time by one that
 * knows only what was committed. Checks what holds for every group however its members behave.
 */
final class RandomGroups {

    static final int PARTITIONS = 6;
    static final String TOPIC = "t";
    static final UUID TOPIC_ID = new UUID(1, 1);

    private static final int COMMIT_WITHIN_MS = 2_000;
    private static final MetadataImage IMAGE = new MetadataImage(
            1,
            "",
            1,
            MetadataImage.EMPTY.nodes(),
            MetadataImage.EMPTY
                    .topics()
                    .plus(
                            TOPIC,
                            new TopicInfo(
                                    TOPIC_ID,
                                    TOPIC,
                                    IntStream.range(0, PARTITIONS)
                                            .mapToObj(p -> new PartitionInfo(p, List.of(1), 1, 1))
                                            .toList(),
                                    Map.of())),
            MetadataImage.EMPTY.topicNames().plus(TOPIC_ID, TOPIC),
            MetadataImage.EMPTY.configs(),
            0,
            MetadataImage.EMPTY.coordinators());

    private record Pending(Step step, long atMs) {}

    private record Owned(String group, int incarnation, int generation, int partition) {}

    private final SplittableRandom random;
    private final StoredGroups store = new StoredGroups();
    private final Deque<Pending> pending = new ArrayDeque<>();
    private final Map<Long, Consumer<Optional<GroupResponse>>> waiting = new HashMap<>();
    private final Set<Long> answered = new HashSet<>();
    private final List<RandomMember> members = new ArrayList<>();
    private final Map<Owned, String> owners = new HashMap<>();
    private final Map<String, Integer> incarnations = new HashMap<>();
    private final Map<String, Integer> generations = new HashMap<>();
    private final Map<String, Integer> synced = new HashMap<>();
    private final Map<String, Map<Integer, Long>> acknowledged = new HashMap<>();
    private GroupMachine machine;
    private long nowMs = 1_000_000;
    private long tickets;
    private long position;

    RandomGroups(SplittableRandom random) {
        this.random = random;
        load();
        for (int i = 0; i < 8; i++) {
            boolean prompt = i < 3;
            Optional<String> instance = i % 2 == 0 ? Optional.empty() : Optional.of("instance-" + i);
            members.add(new RandomMember(this, random, "g" + random.nextInt(2), "client-" + i, instance, prompt));
        }
    }

    /** Runs for a while, then lets everything come to rest. */
    void run(int rounds) {
        for (int round = 0; round < rounds; round++) {
            pass(random.nextInt(1_500));
            for (RandomMember member : members) {
                member.act();
            }
            if (random.nextInt(10) == 0) {
                actFromOutside("g" + random.nextInt(2));
            }
            commitSome();
            if (random.nextInt(40) == 0) {
                failOver();
            }
        }
        for (int minute = 0; minute < 10; minute++) {
            pass(60_000);
            commit(pending.size());
        }
        assertThat(waiting).as("requests without an answer once all is quiet").isEmpty();
    }

    /** Sends a request; the answer is empty when the coordinator changed meanwhile. */
    void send(GroupRequest request, Consumer<Optional<GroupResponse>> receiver) {
        if (request instanceof GroupRequest.ReadOffsets || request instanceof GroupRequest.DeleteOffsets) {
            commit(pending.size());
        }
        long ticket = ++tickets;
        waiting.put(ticket, receiver);
        pending.add(new Pending(machine.handle(request, ticket, nowMs, IMAGE), nowMs));
    }

    /** A position that is higher than all committed before. */
    long nextPosition() {
        return ++position;
    }

    /** A member learns what it owns. */
    void owns(String group, int generation, int partition, String owner) {
        Owned owned = new Owned(group, incarnation(group), generation, partition);
        String before = owners.putIfAbsent(owned, owner);
        assertThat(before == null ? owner : before).as("owner of %s", owned).isEqualTo(owner);
        synced.merge(group, generation, Math::max);
    }

    /** The newest generation of which a member has learned its assignment. */
    int newestSynced(String group) {
        return synced.getOrDefault(group, 0);
    }

    int incarnation(String group) {
        return incarnations.getOrDefault(group, 0);
    }

    /** A commit was acknowledged. */
    void acknowledge(String group, int partition, long offset) {
        acknowledged.computeIfAbsent(group, id -> new HashMap<>()).merge(partition, offset, Math::max);
        assertThat(store.offset(group, TOPIC, partition))
                .as("what is stored of an acknowledged commit")
                .hasValueSatisfying(stored -> assertThat(stored.offset()).isGreaterThanOrEqualTo(offset));
    }

    /** A commit was refused: it must never show. */
    void refuse(String group, int partition, long offset) {
        assertThat(store.offset(group, TOPIC, partition).map(GroupRecord.CommittedOffset::offset))
                .as("what is stored of a refused commit")
                .isNotEqualTo(Optional.of(offset));
    }

    private void actFromOutside(String group) {
        switch (random.nextInt(4)) {
            case 0 -> send(new GroupRequest.DeleteGroup(group), response -> {});
            case 1 ->
                send(
                        new GroupRequest.ReadOffsets(group, Optional.empty(), -1, Optional.empty()),
                        response -> response.ifPresent(read -> checkRead(group, (GroupResponse.OffsetsRead) read)));
            case 2 -> RandomMember.commit(this, group, "", Optional.empty(), -1, random.nextInt(PARTITIONS));
            default -> send(new GroupRequest.DescribeClassic(group), response -> {});
        }
    }

    private void checkRead(String group, GroupResponse.OffsetsRead read) {
        Map<Integer, Long> offsets = new HashMap<>();
        read.offsets().forEach(offset -> offsets.put(offset.partition(), offset.offset()));
        acknowledged
                .getOrDefault(group, Map.of())
                .forEach((partition, offset) ->
                        assertThat(offsets.getOrDefault(partition, -1L)).isGreaterThanOrEqualTo(offset));
    }

    private void pass(long ms) {
        long untilMs = nowMs + ms;
        OptionalLong next = machine.nextTickMs();
        while (next.isPresent() && next.getAsLong() <= untilMs) {
            nowMs = Math.max(nowMs, next.getAsLong());
            pending.add(new Pending(machine.tick(nowMs, IMAGE), nowMs));
            next = machine.nextTickMs();
        }
        nowMs = untilMs;
    }

    private void commitSome() {
        while (!pending.isEmpty() && pending.peek().atMs() + COMMIT_WITHIN_MS < nowMs) {
            commit(1);
        }
        commit(random.nextInt(pending.size() + 1));
    }

    private void commit(int steps) {
        for (int i = 0; i < steps; i++) {
            Step step = pending.remove().step();
            step.records().forEach(this::apply);
            for (Step.Answer answer : step.answers()) {
                assertThat(answered.add(answer.ticket()))
                        .as("first answer to a ticket")
                        .isTrue();
                waiting.remove(answer.ticket()).accept(Optional.of(answer.response()));
            }
        }
    }

    private void apply(GroupRecord record) {
        switch (record) {
            case GroupRecord.ClassicGroupState state ->
                assertThat(state.generation())
                        .as("generation of %s", state)
                        .isGreaterThanOrEqualTo(Optional.ofNullable(generations.put(state.group(), state.generation()))
                                .orElse(0));
            case GroupRecord.CommittedOffset offset ->
                assertThat(offset.offset())
                        .as("position of %s", offset)
                        .isGreaterThan(store.offset(offset.group(), TOPIC, offset.partition())
                                .map(GroupRecord.CommittedOffset::offset)
                                .orElse(-1L));
            case GroupRecord.GroupRemoved removed -> {
                incarnations.merge(removed.group(), 1, Integer::sum);
                generations.remove(removed.group());
                synced.remove(removed.group());
                acknowledged.remove(removed.group());
            }
            default -> throw new AssertionError("Unexpected " + record);
        }
        store.apply(record);
    }

    /** Another coordinator takes over: it knows what was committed, and nobody hears of the rest. */
    private void failOver() {
        commit(random.nextInt(pending.size() + 1));
        pending.clear();
        List<Consumer<Optional<GroupResponse>>> lost = List.copyOf(waiting.values());
        waiting.clear();
        load();
        lost.forEach(receiver -> receiver.accept(Optional.empty()));
    }

    private void load() {
        machine = new GroupMachine(
                new GroupSettings(
                        new GroupSettings.Classic(6_000, 1_800_000, 3_000, Integer.MAX_VALUE),
                        GroupSettings.DEFAULT.consumer(),
                        GroupSettings.DEFAULT.offsets()),
                store,
                () -> new UUID(random.nextLong(), random.nextLong()));
        store.memberships().forEach(machine::replay);
        machine.loaded(nowMs);
    }
}
