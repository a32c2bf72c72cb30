package io.barnabas.chaos.run.load;

import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Call.Reading;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.GroupProtocol;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.jspecify.annotations.Nullable;

/** One life of one member of a group. It begins where the group was and commits what it was given. For one thread. */
final class Member implements AutoCloseable {

    private static final long UNKNOWN = -1;
    private static final int UNKNOWN_NODE = -1;
    private static final int SESSION_TIMEOUT_MS = 6_000;
    private static final int API_TIMEOUT_MS = 10_000;
    private static final Duration POLL_TIMEOUT = Duration.ofMillis(100);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final Ledger ledger;
    private final String group;
    private final int client;
    private final KafkaConsumer<Long, Long> consumer;

    /** Where this member is in each partition that it has. */
    private final Map<TopicPartition, Long> positions = new HashMap<>();

    /** How far it was given records that it has not committed. */
    private final Map<TopicPartition, OffsetAndMetadata> uncommitted = new HashMap<>();

    /** Partitions of which it has not read since it got them. */
    private final Set<TopicPartition> fresh = new HashSet<>();

    private boolean leaves = true;

    Member(Ledger ledger, String bootstrap, String group, GroupProtocol protocol, String topic) {
        this.ledger = ledger;
        this.group = group;
        this.client = ledger.newClient();
        Map<String, Object> config = new HashMap<>();
        config.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        config.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        config.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, protocol.name().toLowerCase(Locale.ROOT));
        if (protocol == GroupProtocol.CLASSIC) {
            config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_TIMEOUT_MS);
        }
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        config.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, RecordSender.REQUEST_TIMEOUT_MS);
        config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, API_TIMEOUT_MS);
        this.consumer = new KafkaConsumer<>(config, new LongDeserializer(), new LongDeserializer());
        consumer.subscribe(List.of(topic), new Handover());
    }

    static Answer.CommittedOffset position(@Nullable OffsetAndMetadata offset) {
        return new Answer.CommittedOffset(offset == null ? UNKNOWN : offset.offset());
    }

    private final class Handover implements ConsumerRebalanceListener {

        /** Goes to where the group is: what the consumer does by itself, in view of the history. */
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            if (!partitions.isEmpty()) {
                committed(Set.copyOf(partitions)).forEach((partition, offset) -> {
                    consumer.seek(partition, offset);
                    positions.put(partition, offset);
                    fresh.add(partition);
                });
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            try {
                commit();
            } catch (KafkaException e) {
                // It goes on as if the member had died before: the next owner reads again what was not committed.
            }
            forget(partitions);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            forget(partitions);
        }

        private void forget(Collection<TopicPartition> partitions) {
            partitions.forEach(partition -> {
                positions.remove(partition);
                uncommitted.remove(partition);
                fresh.remove(partition);
            });
        }
    }

    private Map<TopicPartition, Long> committed(Set<TopicPartition> partitions) {
        Map<TopicPartition, Long> operations = new HashMap<>();
        partitions.forEach(
                partition -> operations.put(partition, ledger.invoked(client, new Call.Committed(group, partition))));
        Map<TopicPartition, OffsetAndMetadata> committed;
        try {
            committed = consumer.committed(partitions);
        } catch (KafkaException e) {
            operations.values().forEach(operation -> ledger.unanswered(operation, e));
            throw e;
        }
        operations.forEach((partition, operation) -> ledger.answered(operation, position(committed.get(partition))));
        Map<TopicPartition, Long> offsets = new HashMap<>();
        committed.forEach((partition, offset) -> {
            if (offset == null) {
                throw new NoOffsetForPartitionException(partition);
            }
            offsets.put(partition, offset.offset());
        });
        return offsets;
    }

    /**
     * Takes what there is.
     *
     * @throws KafkaException when this member cannot go on
     */
    void poll() {
        Map<TopicPartition, Long> operations = new HashMap<>();
        positions.forEach((partition, position) -> operations.put(partition, asked(partition, position)));
        ConsumerRecords<Long, Long> found;
        try {
            found = consumer.poll(POLL_TIMEOUT);
        } catch (KafkaException e) {
            operations.values().forEach(operation -> ledger.unanswered(operation, e));
            throw e;
        }
        // Partitions that came during the poll may have brought records at once.
        for (TopicPartition partition : found.partitions()) {
            operations.computeIfAbsent(partition, p -> asked(p, positions.getOrDefault(p, 0L)));
        }
        operations.forEach((partition, operation) -> {
            if (positions.containsKey(partition)) {
                answered(partition, operation, found);
            } else {
                ledger.unanswered(operation, new KafkaException("the partition was taken away"));
            }
        });
    }

    private long asked(TopicPartition partition, long position) {
        Reading reading = fresh.contains(partition) ? Reading.SOUGHT : Reading.FOLLOWING;
        return ledger.invoked(client, new Call.Poll(partition, position, reading));
    }

    private void answered(TopicPartition partition, long operation, ConsumerRecords<Long, Long> found) {
        OffsetAndMetadata next = found.nextOffsets().get(partition);
        if (next != null) {
            positions.put(partition, next.offset());
            uncommitted.put(partition, next);
        }
        long position = positions.getOrDefault(partition, UNKNOWN);
        ledger.answered(
                operation,
                new Answer.Polled(UNKNOWN_NODE, UNKNOWN, UNKNOWN, position, Reader.records(found.records(partition))));
        fresh.remove(partition);
    }

    /**
     * Commits what was given so far.
     *
     * @throws KafkaException when it is not known to be committed
     */
    void commit() {
        if (uncommitted.isEmpty()) {
            return;
        }
        Map<TopicPartition, OffsetAndMetadata> offsets = Map.copyOf(uncommitted);
        Map<TopicPartition, Long> operations = new HashMap<>();
        offsets.forEach((partition, offset) ->
                operations.put(partition, ledger.invoked(client, new Call.Commit(group, partition, offset.offset()))));
        try {
            consumer.commitSync(offsets);
        } catch (KafkaException e) {
            operations.values().forEach(operation -> ledger.givenUp(operation, e));
            throw e;
        }
        operations.values().forEach(operation -> ledger.acknowledged(operation, new Answer.Done()));
        uncommitted.clear();
    }

    /** Ends without a farewell, as a process does that is killed: the group has to find out. */
    void vanish() {
        leaves = false;
        positions.clear();
        uncommitted.clear();
    }

    @Override
    public void close() {
        CloseOptions how = CloseOptions.timeout(CLOSE_TIMEOUT)
                .withGroupMembershipOperation(
                        leaves
                                ? CloseOptions.GroupMembershipOperation.LEAVE_GROUP
                                : CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP);
        consumer.close(how);
    }
}
