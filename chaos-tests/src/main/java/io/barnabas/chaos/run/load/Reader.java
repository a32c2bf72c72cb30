package io.barnabas.chaos.run.load;

import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Call.Reading;
import io.barnabas.chaos.rules.history.Records;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.LongDeserializer;

/** One consumer of all records of its partitions, from the beginning. For one thread. */
final class Reader implements AutoCloseable {

    /** What the consumer does not show. */
    private static final long UNKNOWN = -1;

    private static final int UNKNOWN_NODE = -1;
    private static final int API_TIMEOUT_MS = 15_000;
    private static final Duration FINAL_POLL = Duration.ofMillis(200);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final Ledger ledger;
    private final List<TopicPartition> partitions;
    private final int client;
    private final KafkaConsumer<Long, Long> consumer;
    private final Map<TopicPartition, Long> positions = new HashMap<>();

    /** Partitions where the next poll does not go on from the last one. */
    private final Set<TopicPartition> sought = new HashSet<>();

    Reader(Ledger ledger, String bootstrap, List<TopicPartition> partitions) {
        this.ledger = ledger;
        this.partitions = List.copyOf(partitions);
        this.client = ledger.newClient();
        Map<String, Object> config = new HashMap<>();
        config.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        config.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, RecordSender.REQUEST_TIMEOUT_MS);
        config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, API_TIMEOUT_MS);
        this.consumer = new KafkaConsumer<>(config, new LongDeserializer(), new LongDeserializer());
        consumer.assign(this.partitions);
    }

    /**
     * Goes to the beginning of each partition.
     *
     * @throws KafkaException when a partition's leader does not answer in time
     */
    void seekToBeginning() {
        consumer.beginningOffsets(partitions).forEach(this::seek);
    }

    /** Goes to another place, from where the next poll reads. */
    void seek(TopicPartition partition, long offset) {
        consumer.seek(partition, offset);
        positions.put(partition, offset);
        sought.add(partition);
    }

    /**
     * Reads what is there, once.
     *
     * @return how many records
     * @throws OffsetOutOfRangeException when there is nothing any more where the reader stands
     */
    int poll(Duration timeout) {
        // The consumer's own idea of the high watermark may come from an older answer to ListOffsets than its records.
        return poll(timeout, false, Map.of());
    }

    private int poll(Duration timeout, boolean isFinal, Map<TopicPartition, Long> highWatermarks) {
        Map<TopicPartition, Long> operations = new HashMap<>();
        for (TopicPartition partition : partitions) {
            Reading following = sought.contains(partition) ? Reading.SOUGHT : Reading.FOLLOWING;
            Call.Poll call = new Call.Poll(partition, positions.get(partition), isFinal ? Reading.FINAL : following);
            operations.put(partition, ledger.invoked(client, call));
        }
        try {
            ConsumerRecords<Long, Long> found = consumer.poll(timeout);
            Map<TopicPartition, OffsetAndMetadata> next = found.nextOffsets();
            next.forEach((partition, offset) -> positions.put(partition, offset.offset()));
            operations.forEach((partition, operation) -> ledger.answered(
                    operation,
                    new Answer.Polled(
                            UNKNOWN_NODE,
                            highWatermarks.getOrDefault(partition, UNKNOWN),
                            UNKNOWN,
                            positions.get(partition),
                            records(found.records(partition)))));
            sought.clear();
            return found.count();
        } catch (KafkaException e) {
            operations.values().forEach(operation -> ledger.unanswered(operation, e));
            throw e;
        }
    }

    static Records records(List<ConsumerRecord<Long, Long>> records) {
        return new Records(
                records.stream().mapToLong(ConsumerRecord::offset).toArray(),
                records.stream().mapToLong(ConsumerRecord::value).toArray(),
                records.stream().mapToLong(ConsumerRecord::timestamp).toArray());
    }

    /**
     * Asks each partition for an offset.
     *
     * @param timestamp as in {@link Call.ListOffsets}
     * @return those that there are; none when a partition has no leader in time
     */
    Map<TopicPartition, Long> ask(long timestamp, Duration timeout) {
        Map<TopicPartition, Long> operations = new HashMap<>();
        for (TopicPartition partition : partitions) {
            operations.put(partition, ledger.invoked(client, new Call.ListOffsets(partition, timestamp)));
        }
        try {
            Map<TopicPartition, Long> found = new HashMap<>();
            offsets(timestamp, timeout).forEach((partition, answer) -> {
                ledger.answered(operations.get(partition), answer);
                if (answer.offset() >= 0) {
                    found.put(partition, answer.offset());
                }
            });
            return found;
        } catch (KafkaException e) {
            operations.values().forEach(operation -> ledger.unanswered(operation, e));
            return Map.of();
        }
    }

    private Map<TopicPartition, Answer.FoundOffset> offsets(long timestamp, Duration timeout) {
        Map<TopicPartition, Answer.FoundOffset> answers = new HashMap<>();
        if (timestamp == Call.ListOffsets.LATEST || timestamp == Call.ListOffsets.EARLIEST) {
            Map<TopicPartition, Long> bounds = timestamp == Call.ListOffsets.LATEST
                    ? consumer.endOffsets(partitions, timeout)
                    : consumer.beginningOffsets(partitions, timeout);
            bounds.forEach((partition, offset) -> answers.put(partition, new Answer.FoundOffset(offset, UNKNOWN)));
        } else {
            Map<TopicPartition, Long> wanted = new HashMap<>();
            partitions.forEach(partition -> wanted.put(partition, timestamp));
            consumer.offsetsForTimes(wanted, timeout)
                    .forEach((partition, found) -> answers.put(
                            partition,
                            found == null
                                    ? new Answer.FoundOffset(UNKNOWN, UNKNOWN)
                                    : new Answer.FoundOffset(found.offset(), found.timestamp())));
        }
        return answers;
    }

    /**
     * Reads all partitions from their beginnings to their ends; when nobody writes any more and nothing is broken.
     *
     * @throws IllegalStateException when that takes longer than {@code timeout}
     */
    void readToTheEnd(Duration timeout) {
        long giveUp = System.nanoTime() + timeout.toNanos();
        Map<TopicPartition, Long> ends = ends(timeout);
        do {
            if (System.nanoTime() - giveUp > 0) {
                throw new IllegalStateException("the partitions could not be read within " + timeout + ": they end at "
                        + ends + ", the reader is at " + positions);
            }
            poll(FINAL_POLL, true, ends);
        } while (partitions.stream().anyMatch(partition -> positions.get(partition) < ends.get(partition)));
    }

    private Map<TopicPartition, Long> ends(Duration timeout) {
        long giveUp = System.nanoTime() + timeout.toNanos();
        while (true) {
            try {
                seekToBeginning();
                return consumer.endOffsets(partitions);
            } catch (TimeoutException e) {
                if (System.nanoTime() - giveUp > 0) {
                    throw new IllegalStateException(
                            "the bounds of " + partitions + " could not be learnt within " + timeout, e);
                }
            }
        }
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(CLOSE_TIMEOUT));
    }
}
