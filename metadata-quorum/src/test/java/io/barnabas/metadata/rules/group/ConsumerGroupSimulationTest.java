package io.barnabas.metadata.rules.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.Seeds;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.metadata.rules.group.Assignor.Subscriber;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * Groups of clients of both protocols that come, go, crash, fall silent and miss answers, over coordinators that fail
 * and lose what was not committed, with topics that change. Checked all the time: no partition is used by two members,
 * and epochs only grow. And at last, in quiet: every member has its target, which is valid and even.
 */
class ConsumerGroupSimulationTest {

    private static final String GROUP = SimulatedClient.GROUP;

    @Test
    void consumersAloneNeverShareAPartition() throws Exception {
        Seeds.run("consumers", 250, random -> new World(random, 0).run());
    }

    @Test
    void consumersAndClassicMembersNeverShareAPartition() throws Exception {
        Seeds.run("mixed consumers", 250, random -> new World(random, 1 + random.nextInt(2)).run());
    }

    /** One course of events. */
    private static final class World implements SimulatedClient.Network {

        private static final List<String> NAMES = List.of("ta", "tb", "tc", "u");

        private final SplittableRandom random;
        /** 0 for no classic clients, 1 for eager ones, 2 for cooperative ones. */
        private final int classicKind;

        private final List<SimulatedClient> clients = new ArrayList<>();
        private final Map<Long, SimulatedClient> askers = new HashMap<>();
        private final Map<List<Object>, GroupRecord.Membership> store = new LinkedHashMap<>();
        private final ArrayDeque<Step> uncommitted = new ArrayDeque<>();
        private final List<Object> course = new ArrayList<>();
        private MetadataImage image = MetadataImage.EMPTY;
        private GroupMachine machine;
        private long nowMs = 1_000;
        private long ids;
        private long tickets;
        private int groupEpoch;
        private int assignmentEpoch;
        private boolean quiet;

        World(SplittableRandom random, int classicKind) {
            this.random = random;
            this.classicKind = classicKind;
            this.machine = newMachine();
        }

        private GroupMachine newMachine() {
            return new GroupMachine(GroupSettings.DEFAULT, ConsumerRig.NO_OFFSETS, () -> new UUID(5, ids++));
        }

        void run() {
            try {
                createTopic("ta");
                createTopic("tb");
                for (int i = 0; i < 250; i++) {
                    event();
                    check();
                }
                settle();
            } catch (AssertionError | RuntimeException e) {
                course.stream().skip(Math.max(0, course.size() - 60)).forEach(System.out::println);
                throw e;
            }
        }

        private void event() {
            int dice = random.nextInt(100);
            if (dice < 6) {
                arrive();
            } else if (dice < 9 && !clients.isEmpty()) {
                depart();
            } else if (dice < 12) {
                changeTopics();
            } else if (dice < 14) {
                failOver();
            } else if (dice < 19) {
                tick(random.nextInt(8_000));
            } else if (dice < 20) {
                tick(random.nextInt(60_000));
            } else if (dice < 45) {
                commit();
            } else if (!clients.isEmpty()) {
                SimulatedClient client = clients.get(random.nextInt(clients.size()));
                if (!client.isWaiting()) {
                    client.act(random);
                } else if (random.nextInt(8) == 0) {
                    note("gives up " + client.memberId());
                    client.giveUp();
                } else {
                    client.actWhileWaiting();
                }
            }
        }

        private void note(Object event) {
            course.add(event);
        }

        private void arrive() {
            if (clients.size() >= 6) {
                return;
            }
            Set<String> topics = new TreeSet<>(Set.of(NAMES.get(random.nextInt(2))));
            if (random.nextBoolean()) {
                topics.add(NAMES.get(random.nextInt(NAMES.size())));
            }
            if (classicKind > 0 && random.nextBoolean()) {
                clients.add(new SimulatedClassicConsumer(this, topics, classicKind == 2));
                return;
            }
            boolean byRegex = random.nextInt(4) == 0;
            Optional<String> instance =
                    random.nextInt(4) == 0 ? Optional.of("i" + random.nextInt(2)) : Optional.empty();
            boolean taken = clients.stream()
                    .anyMatch(client -> client instanceof SimulatedConsumer consumer
                            && instance.isPresent()
                            && consumer.instanceId.equals(instance));
            clients.add(new SimulatedConsumer(
                    this,
                    byRegex ? Set.of() : topics,
                    byRegex ? Optional.of("t.") : Optional.empty(),
                    taken ? Optional.empty() : instance,
                    random.nextInt(5) == 0 ? Optional.of("range") : Optional.empty()));
        }

        private void depart() {
            SimulatedClient client = clients.remove(random.nextInt(clients.size()));
            int how = random.nextInt(3);
            note((how == 0 ? "crashes " : "leaves ") + client.memberId());
            if (how == 1) {
                client.leave();
            } else if (how == 2 && client instanceof SimulatedConsumer consumer && consumer.instanceId.isPresent()) {
                consumer.leaveForNow();
                clients.add(new SimulatedConsumer(
                        this, consumer.topics, consumer.regex, consumer.instanceId, Optional.empty()));
            }
        }

        private void createTopic(String name) {
            UUID id = image.topic(name).map(TopicInfo::id).orElseGet(() -> new UUID(9, ids++));
            int before =
                    image.topic(name).map(topic -> topic.partitions().size()).orElse(0);
            image = ConsumerRig.withTopic(
                    image, new TopicInfo(id, name, ConsumerRig.partitions(before + 1 + random.nextInt(3)), Map.of()));
        }

        private void changeTopics() {
            String name = NAMES.get(random.nextInt(NAMES.size()));
            Optional<TopicInfo> topic = image.topic(name);
            // Deleted topics are only used by regex and by name; partitions of a topic that is gone are nobody's.
            if (topic.isPresent() && random.nextInt(4) == 0) {
                note("deletes " + name);
                image = new MetadataImage(
                        image.index() + 1,
                        image.clusterId(),
                        image.featureLevel(),
                        image.nodes(),
                        image.topics().minus(name),
                        image.topicNames().minus(topic.get().id()),
                        image.configs(),
                        image.nextProducerId(),
                        image.coordinators());
            } else if (topic.map(info -> info.partitions().size() < 8).orElse(true)) {
                note("creates or extends " + name);
                createTopic(name);
            }
        }

        private void failOver() {
            note("fails over, loses " + uncommitted.size() + " steps");
            uncommitted.clear();
            askers.clear();
            machine = newMachine();
            List<GroupRecord.Membership> records = new ArrayList<>(store.values());
            Map<GroupRecord.Membership, Integer> order = new HashMap<>();
            records.forEach(record -> order.put(record, random.nextInt()));
            records.sort(Comparator.comparing(order::get));
            records.forEach(machine::replay);
            machine.loaded(nowMs);
        }

        private void tick(long ms) {
            nowMs += ms;
            note("it is " + nowMs);
            uncommitted.add(machine.tick(nowMs, image));
        }

        @Override
        public long send(SimulatedClient from, GroupRequest request) {
            long ticket = tickets++;
            if (quiet || random.nextInt(12) > 0) {
                note(request);
                askers.put(ticket, from);
                uncommitted.add(machine.handle(request, ticket, nowMs, image));
            }
            return ticket;
        }

        @Override
        public MetadataImage image() {
            return image;
        }

        @Override
        public String newId() {
            return "m" + ids++;
        }

        private void commit() {
            Step step = uncommitted.poll();
            if (step == null) {
                return;
            }
            step.records().forEach(record -> store((GroupRecord.Membership) record));
            for (Step.Answer answer : step.answers()) {
                SimulatedClient asker = askers.remove(answer.ticket());
                if (asker != null && (quiet || random.nextInt(12) > 0)) {
                    note(answer);
                    asker.answer(answer.ticket(), answer.response());
                }
            }
        }

        /** As a store does: the newest value of each key. */
        private void store(GroupRecord.Membership record) {
            switch (record) {
                case GroupRecord.ConsumerGroupState state -> {
                    assertThat(state.groupEpoch()).isGreaterThanOrEqualTo(groupEpoch);
                    assertThat(state.assignmentEpoch()).isBetween(assignmentEpoch, state.groupEpoch());
                    groupEpoch = state.groupEpoch();
                    assignmentEpoch = state.assignmentEpoch();
                    store.put(List.of("group"), record);
                }
                case GroupRecord.ClassicGroupState ignored -> store.put(List.of("classic"), record);
                case GroupRecord.ConsumerMemberState wish -> store.put(List.of("wish", wish.memberId()), record);
                case GroupRecord.TargetAssignment target -> store.put(List.of("target", target.memberId()), record);
                case GroupRecord.CurrentAssignment current -> store.put(List.of("current", current.memberId()), record);
                case GroupRecord.ResolvedRegex regex -> store.put(List.of("regex", regex.regex()), record);
                case GroupRecord.RegexRemoved regex -> store.remove(List.of("regex", regex.regex()));
                case GroupRecord.ConsumerMemberRemoved removed ->
                    List.of("wish", "target", "current")
                            .forEach(kind -> store.remove(List.of(kind, removed.memberId())));
                case GroupRecord.MembershipRemoved ignored -> clear();
                case GroupRecord.GroupRemoved ignored -> clear();
            }
        }

        private void clear() {
            store.clear();
            groupEpoch = 0;
            assignmentEpoch = 0;
        }

        /** Who is in the group by its coordinator, whether that is committed or not. */
        private Set<String> memberIds() {
            Set<String> members = new HashSet<>();
            ask(new GroupRequest.DescribeConsumer(GROUP))
                    .ifPresent(response -> ((GroupResponse.ConsumerDescription) response)
                            .members()
                            .forEach(member -> members.add(member.memberId())));
            ask(new GroupRequest.DescribeClassic(GROUP))
                    .ifPresent(response -> ((GroupResponse.ClassicDescription) response)
                            .members()
                            .forEach(member -> members.add(member.memberId())));
            return members;
        }

        private Optional<GroupResponse> ask(GroupRequest request) {
            Step step = machine.handle(request, -1, nowMs, image);
            assertThat(step.records()).isEmpty();
            GroupResponse response = step.answers().getFirst().response();
            return response instanceof GroupResponse.Failed ? Optional.empty() : Optional.of(response);
        }

        /**
         * One that was put out and has not heard of it yet may still believe in what it had; nobody can help that. And
         * in a topic that is gone there is nothing to use.
         */
        private void check() {
            Set<String> members = memberIds();
            Map<List<Object>, String> users = new HashMap<>();
            for (SimulatedClient client : clients) {
                if (members.contains(client.memberId())) {
                    PartitionSets.ofTopics(client.owned, image.topicNames().keySet())
                            .forEach((topic, partitions) -> partitions.forEach(partition -> {
                                String other = users.put(List.of(topic, partition), client.memberId());
                                assertThat(other)
                                        .as("who uses %s-%d beside %s", topic, partition, client.memberId())
                                        .isNull();
                            }));
                }
            }
        }

        private void settle() {
            note("quiet");
            if (clients.isEmpty()) {
                arrive();
            }
            quiet = true;
            clients.stream().filter(SimulatedClient::isWaiting).forEach(SimulatedClient::giveUp);
            for (int round = 0; round < 400 && !isSettled(); round++) {
                for (SimulatedClient client : clients) {
                    if (!client.isWaiting()) {
                        client.act(random);
                    }
                    while (!uncommitted.isEmpty()) {
                        commit();
                    }
                    check();
                }
                tick(2_000);
            }
            assertThat(isSettled()).as("has come to rest").isTrue();
            ask(new GroupRequest.DescribeConsumer(GROUP))
                    .ifPresent(response -> checkTarget((GroupResponse.ConsumerDescription) response));
        }

        private Set<String> clientIds() {
            Set<String> ids = new HashSet<>();
            clients.forEach(client -> ids.add(client.memberId()));
            return ids;
        }

        private boolean isSettled() {
            return machine.list().stream().allMatch(group -> group.state().equals("Stable"))
                    && memberIds().equals(clientIds())
                    && clients.stream().allMatch(SimulatedClient::settled)
                    && uncommitted.stream().allMatch(step -> step.records().isEmpty())
                    && isAllUsed();
        }

        /** Whether every partition with a subscriber is used, as the topics are now. */
        private boolean isAllUsed() {
            Set<List<Object>> used = new HashSet<>();
            clients.forEach(client -> client.owned.forEach(
                    (topic, partitions) -> partitions.forEach(partition -> used.add(List.of(topic, partition)))));
            return used.equals(subscribedPartitions());
        }

        private Set<List<Object>> subscribedPartitions() {
            Set<List<Object>> wanted = new HashSet<>();
            for (TopicInfo topic : image.topics().values()) {
                if (clients.stream().anyMatch(client -> subscribes(client, topic.name()))) {
                    topic.partitions().forEach(partition -> wanted.add(List.of(topic.id(), partition.partition())));
                }
            }
            return wanted;
        }

        private static boolean subscribes(SimulatedClient client, String topic) {
            return client.topics.contains(topic)
                    || client.regex.filter(topic::matches).isPresent();
        }

        private void checkTarget(GroupResponse.ConsumerDescription group) {
            Map<String, Subscriber> members = new TreeMap<>();
            Map<String, Map<UUID, Set<Integer>>> targets = new TreeMap<>();
            Map<UUID, Integer> counts = new HashMap<>();
            image.topics()
                    .values()
                    .forEach(topic -> counts.put(topic.id(), topic.partitions().size()));
            for (SimulatedClient client : clients) {
                Set<UUID> topics = new HashSet<>();
                image.topics().values().stream()
                        .filter(topic -> subscribes(client, topic.name()))
                        .forEach(topic -> topics.add(topic.id()));
                members.put(client.memberId(), new Subscriber(Optional.empty(), topics, Map.of()));
            }
            for (GroupResponse.ConsumerMember member : group.members()) {
                assertThat(member.assignment()).isEqualTo(member.targetAssignment());
                targets.put(member.memberId(), member.targetAssignment());
            }
            clients.forEach(client -> assertThat(client.owned).isEqualTo(targets.get(client.memberId())));
            AssignorTest.checkValid(members, counts, targets);
            if (group.assignor().equals("uniform") && group.groupEpoch() > 0) {
                AssignorTest.checkNothingCanImprove(members, targets);
            }
        }
    }
}
