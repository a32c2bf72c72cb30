package io.barnabas.metadata.rules.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.PartitionInfo;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.metadata.rules.group.GroupRequest.ConsumerHeartbeat;
import io.barnabas.metadata.rules.group.GroupResponse.ConsumerHeartbeatDone;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/** One coordinator with a clock and topics of the test's making; every step is committed at once. */
final class ConsumerRig {

    static final String GROUP = "g";

    /** Nothing has ever been committed. */
    static final CommittedOffsets NO_OFFSETS = new CommittedOffsets() {
        @Override
        public List<GroupRecord.CommittedOffset> offsets(String group) {
            return List.of();
        }

        @Override
        public Optional<GroupRecord.CommittedOffset> offset(String group, String topic, int partition) {
            return Optional.empty();
        }
    };

    final List<GroupRecord> log = new ArrayList<>();
    final Map<Long, GroupResponse> answers = new HashMap<>();
    GroupSettings settings;
    MetadataImage image = MetadataImage.EMPTY;
    long nowMs = 1_000;
    GroupMachine machine;
    private long tickets;
    private long ids;

    ConsumerRig() {
        this(GroupSettings.DEFAULT);
    }

    ConsumerRig(GroupSettings settings) {
        this.settings = settings;
        this.machine = newMachine();
    }

    static GroupSettings settings(int maxSize, GroupSettings.Migration migration) {
        GroupSettings normal = GroupSettings.DEFAULT;
        return new GroupSettings(
                normal.classic(),
                new GroupSettings.Consumer(45_000, 5_000, maxSize, 600_000, migration),
                normal.offsets());
    }

    private GroupMachine newMachine() {
        return new GroupMachine(settings, NO_OFFSETS, () -> new UUID(77, ids++));
    }

    /** Another coordinator takes over, with what was written down. */
    void failOver() {
        machine = newMachine();
        log.forEach(record -> machine.replay((GroupRecord.Membership) record));
        machine.loaded(nowMs);
    }

    /** Creates a topic, or gives it more partitions. */
    UUID topic(String name, int partitions) {
        UUID id = image.topic(name).map(TopicInfo::id).orElseGet(() -> new UUID(1, ids++));
        image = withTopic(image, new TopicInfo(id, name, partitions(partitions), Map.of()));
        return id;
    }

    void deleteTopic(String name) {
        TopicInfo topic = image.topic(name).orElseThrow();
        image = new MetadataImage(
                image.index() + 1,
                image.clusterId(),
                image.featureLevel(),
                image.nodes(),
                image.topics().minus(name),
                image.topicNames().minus(topic.id()),
                image.configs(),
                image.nextProducerId(),
                image.coordinators());
    }

    static List<PartitionInfo> partitions(int count) {
        List<PartitionInfo> partitions = new ArrayList<>();
        for (int partition = 0; partition < count; partition++) {
            partitions.add(new PartitionInfo(partition, List.of(1), 1, 1));
        }
        return partitions;
    }

    static MetadataImage withTopic(MetadataImage image, TopicInfo topic) {
        return new MetadataImage(
                image.index() + 1,
                image.clusterId(),
                image.featureLevel(),
                image.nodes(),
                image.topics().plus(topic.name(), topic),
                image.topicNames().plus(topic.id(), topic.name()),
                image.configs(),
                image.nextProducerId(),
                image.coordinators());
    }

    /** Asks without waiting for the answer, which will be among {@link #answers}. */
    long ask(GroupRequest request) {
        long ticket = tickets++;
        take(machine.handle(request, ticket, nowMs, image));
        return ticket;
    }

    /** Asks what is answered at once. */
    GroupResponse send(GroupRequest request) {
        long ticket = ask(request);
        assertThat(answers).containsKey(ticket);
        return answers.get(ticket);
    }

    void pass(long ms) {
        nowMs += ms;
        take(machine.tick(nowMs, image));
    }

    private void take(Step step) {
        log.addAll(step.records());
        step.answers()
                .forEach(answer -> assertThat(answers.put(answer.ticket(), answer.response()))
                        .isNull());
    }

    GroupResponse.ConsumerDescription describe() {
        return (GroupResponse.ConsumerDescription) send(new GroupRequest.DescribeConsumer(GROUP));
    }

    String state() {
        return machine.list().getFirst().state();
    }

    Beat beat(String memberId) {
        return new Beat(memberId);
    }

    static Set<Integer> set(int... numbers) {
        Set<Integer> set = new TreeSet<>();
        for (int number : numbers) {
            set.add(number);
        }
        return set;
    }

    /** A heartbeat in the making. */
    final class Beat {
        private final String memberId;
        private int epoch;
        private Optional<String> instanceId = Optional.empty();
        private OptionalInt rebalanceTimeoutMs = OptionalInt.empty();
        private Optional<Set<String>> topics = Optional.empty();
        private Optional<String> regex = Optional.empty();
        private Optional<String> assignor = Optional.empty();
        private Optional<Map<UUID, Set<Integer>>> owned = Optional.empty();

        private Beat(String memberId) {
            this.memberId = memberId;
        }

        Beat joining(String... subscribed) {
            rebalanceTimeoutMs = OptionalInt.of(60_000);
            owned = Optional.of(Map.of());
            topics = Optional.of(Set.of(subscribed));
            return this;
        }

        Beat epoch(int given) {
            epoch = given;
            return this;
        }

        Beat instance(String given) {
            instanceId = Optional.of(given);
            return this;
        }

        Beat topics(String... given) {
            topics = Optional.of(Set.of(given));
            return this;
        }

        Beat regex(String given) {
            regex = Optional.of(given);
            return this;
        }

        Beat assignor(String given) {
            assignor = Optional.of(given);
            return this;
        }

        Beat owning(UUID topic, int... partitions) {
            owned = Optional.of(partitions.length == 0 ? Map.of() : Map.of(topic, set(partitions)));
            return this;
        }

        Beat rebalanceTimeout(int ms) {
            rebalanceTimeoutMs = OptionalInt.of(ms);
            return this;
        }

        ConsumerHeartbeat request() {
            return new ConsumerHeartbeat(
                    GROUP,
                    memberId,
                    epoch,
                    instanceId,
                    Optional.empty(),
                    "client",
                    "/host",
                    rebalanceTimeoutMs,
                    topics,
                    regex,
                    assignor,
                    owned);
        }

        ConsumerHeartbeatDone done() {
            GroupResponse response = send(request());
            assertThat(response).isInstanceOf(ConsumerHeartbeatDone.class);
            return (ConsumerHeartbeatDone) response;
        }

        GroupError error() {
            GroupResponse response = send(request());
            assertThat(response).isInstanceOf(GroupResponse.Failed.class);
            return ((GroupResponse.Failed) response).error();
        }
    }
}
