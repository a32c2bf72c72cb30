package io.barnabas.metadata.rules.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.PartitionInfo;
import io.barnabas.metadata.rules.TopicInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;

/** A shard of groups whose records are committed at once, with its clock and its store. */
final class TestShard {

    private final StoredGroups store = new StoredGroups();
    private final Map<Long, GroupResponse> answers = new HashMap<>();
    private final List<GroupRecord> records = new ArrayList<>();
    private GroupSettings settings;
    private GroupMachine machine;
    private MetadataImage image = MetadataImage.EMPTY;
    private long nowMs = 1_000_000;
    private long tickets;
    private long randomIds;

    TestShard(GroupSettings settings) {
        this.settings = settings;
        restart();
    }

    static TestShard withDefaults() {
        return new TestShard(GroupSettings.DEFAULT);
    }

    /** A new coordinator loads what was committed. */
    void restart() {
        machine = new GroupMachine(settings, store, () -> new UUID(0, ++randomIds));
        store.memberships().forEach(machine::replay);
        machine.loaded(nowMs);
    }

    void settings(GroupSettings changed) {
        settings = changed;
        machine.settings(changed);
    }

    /** Sends a request and returns its ticket. */
    long send(GroupRequest request) {
        long ticket = ++tickets;
        take(machine.handle(request, ticket, nowMs, image));
        return ticket;
    }

    /** Sends a request that is answered at once. */
    GroupResponse call(GroupRequest request) {
        return answer(send(request));
    }

    /** The answer that a request has got. */
    GroupResponse answer(long ticket) {
        assertThat(answers).as("answers").containsKey(ticket);
        return answers.get(ticket);
    }

    boolean isAnswered(long ticket) {
        return answers.containsKey(ticket);
    }

    /** The error that a request has got. */
    GroupError error(long ticket) {
        assertThat(answer(ticket)).isInstanceOf(GroupResponse.Failed.class);
        return ((GroupResponse.Failed) answer(ticket)).error();
    }

    /** Lets time pass; all that becomes due happens in its time. */
    void pass(long ms) {
        long untilMs = nowMs + ms;
        OptionalLong next = machine.nextTickMs();
        while (next.isPresent() && next.getAsLong() <= untilMs) {
            nowMs = Math.max(nowMs, next.getAsLong());
            take(machine.tick(nowMs, image));
            next = machine.nextTickMs();
        }
        nowMs = untilMs;
    }

    /** Creates a topic, or creates it anew with another id. */
    UUID topic(String name, int partitions) {
        UUID id = new UUID(1, ++randomIds);
        TopicInfo topic = new TopicInfo(
                id,
                name,
                IntStream.range(0, partitions)
                        .mapToObj(p -> new PartitionInfo(p, List.of(1), 1, 1))
                        .toList(),
                Map.of());
        image = new MetadataImage(
                image.index() + 1,
                image.clusterId(),
                image.featureLevel(),
                image.nodes(),
                image.topics().plus(name, topic),
                image.topicNames().plus(id, name),
                image.configs(),
                image.nextProducerId(),
                image.coordinators());
        return id;
    }

    void deleteTopic(String name) {
        image = new MetadataImage(
                image.index() + 1,
                image.clusterId(),
                image.featureLevel(),
                image.nodes(),
                image.topics().minus(name),
                image.topicNames().minus(image.topics().get(name).id()),
                image.configs(),
                image.nextProducerId(),
                image.coordinators());
        take(machine.topicsDeleted(Set.of(name), nowMs));
    }

    GroupMachine machine() {
        return machine;
    }

    StoredGroups store() {
        return store;
    }

    MetadataImage image() {
        return image;
    }

    long nowMs() {
        return nowMs;
    }

    /** All records so far. */
    List<GroupRecord> records() {
        return records;
    }

    private void take(Step step) {
        step.records().forEach(store::apply);
        records.addAll(step.records());
        for (Step.Answer answer : step.answers()) {
            assertThat(answers.put(answer.ticket(), answer.response()))
                    .as("an earlier answer to ticket %s", answer.ticket())
                    .isNull();
        }
    }
}
