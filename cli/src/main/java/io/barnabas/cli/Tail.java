package io.barnabas.cli;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/** Reads partitions from a point on; leader changes are the client's business and do not end it. */
final class Tail implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(200);

    private final Consumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;

    /** Takes the consumer over. */
    Tail(Consumer<byte[], byte[]> consumer, PartitionRef wanted) {
        this.consumer = consumer;
        this.partitions = partitions(wanted);
        consumer.assign(partitions);
    }

    private List<TopicPartition> partitions(PartitionRef wanted) {
        List<PartitionInfo> known = consumer.partitionsFor(wanted.topic());
        if (known == null || known.isEmpty()) {
            throw new CommandFailedException("topic '" + wanted.topic() + "' does not exist");
        }
        if (wanted.partition().isEmpty()) {
            return known.stream()
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .toList();
        }
        int partition = wanted.partition().getAsInt();
        if (partition >= known.size()) {
            throw new CommandFailedException(
                    "topic '" + wanted.topic() + "' has partitions 0 to " + (known.size() - 1));
        }
        return List.of(new TopicPartition(wanted.topic(), partition));
    }

    void seek(From from) {
        switch (from) {
            case From.Beginning beginning -> consumer.seekToBeginning(partitions);
            case From.End end -> consumer.seekToEnd(partitions);
            case From.Offset at -> partitions.forEach(partition -> consumer.seek(partition, at.offset()));
            case From.Time time -> seekToTime(time.epochMs());
            case From.Ago ago ->
                seekToTime(System.currentTimeMillis() - ago.duration().toMillis());
        }
        // Positions are settled before anything is shown, so that "end" means now.
        partitions.forEach(consumer::position);
    }

    private void seekToTime(long epochMs) {
        Map<TopicPartition, Long> query = new HashMap<>();
        partitions.forEach(partition -> query.put(partition, epochMs));
        Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(query);
        for (TopicPartition partition : partitions) {
            Optional<OffsetAndTimestamp> first = Optional.ofNullable(found.get(partition));
            first.ifPresentOrElse(
                    at -> consumer.seek(partition, at.offset()), () -> consumer.seekToEnd(List.of(partition)));
        }
    }

    /**
     * Hands records to {@code sink} until it returns false.
     *
     * @param follow whether to wait for more at the end of the log; otherwise reading ends where the log ended at first
     * @param proceed asked between polls, to end from outside
     */
    void run(boolean follow, BooleanSupplier proceed, Predicate<ConsumerRecord<byte[], byte[]>> sink) {
        Map<TopicPartition, Long> ends = follow ? Map.of() : consumer.endOffsets(partitions);
        try {
            while (proceed.getAsBoolean() && (follow || !reached(ends))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    boolean beyond = !follow
                            && record.offset() >= ends.get(new TopicPartition(record.topic(), record.partition()));
                    if (!beyond && !sink.test(record)) {
                        return;
                    }
                }
            }
        } catch (OffsetOutOfRangeException e) {
            throw new CommandFailedException(
                    "offset out of range: "
                            + e.offsetOutOfRangePartitions().entrySet().stream()
                                    .map(entry -> entry.getKey() + " has no offset " + entry.getValue() + ", it holds "
                                            + consumer.beginningOffsets(List.of(entry.getKey()))
                                                    .get(entry.getKey())
                                            + " to "
                                            + consumer.endOffsets(List.of(entry.getKey()))
                                                    .get(entry.getKey()))
                                    .toList(),
                    e);
        }
    }

    private boolean reached(Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    @Override
    public void close() {
        consumer.close();
    }
}
