package io.barnabas.chaos.run;

import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Call.Reading;
import io.barnabas.chaos.rules.history.Records;
import io.barnabas.chaos.rules.history.Result;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.LongDeserializer;

/** One consumer of all records of its partitions, from the beginning. For one thread. */
public final class Reader implements AutoCloseable {

    /** What the consumer does not show. */
    private static final long UNKNOWN = -1;

    private static final int UNKNOWN_NODE = -1;
    private static final long NO_TIMESTAMP = -1;

    private final Recorder recorder;
    private final List<TopicPartition> partitions;
    private final int client;
    private final KafkaConsumer<Long, Long> consumer;
    private Reading reading = Reading.SOUGHT;

    public Reader(Recorder recorder, String bootstrap, List<TopicPartition> partitions) {
        this.recorder = recorder;
        this.partitions = List.copyOf(partitions);
        this.client = recorder.newClient();
        Map<String, Object> config = new HashMap<>();
        config.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        this.consumer = new KafkaConsumer<>(config, new LongDeserializer(), new LongDeserializer());
        consumer.assign(this.partitions);
        consumer.seekToBeginning(this.partitions);
        this.partitions.forEach(consumer::position);
    }

    /** Reads what is there, once. */
    public void poll(Duration timeout) {
        // The consumer's own idea of the high watermark may come from an older answer to ListOffsets than its records.
        poll(timeout, reading, Map.of());
        reading = Reading.FOLLOWING;
    }

    /** Asks how far the partitions go. */
    public void askForEnds(Duration timeout) {
        Map<TopicPartition, Long> operations = new HashMap<>();
        for (TopicPartition partition : partitions) {
            Call.ListOffsets call = new Call.ListOffsets(partition, Call.ListOffsets.LATEST);
            operations.put(partition, recorder.invoked(client, call));
        }
        try {
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, timeout);
            operations.forEach((partition, operation) -> recorder.completed(
                    operation, new Result.Ok(new Answer.FoundOffset(ends.get(partition), NO_TIMESTAMP))));
        } catch (KafkaException e) {
            // Reading goes on: whoever looks only for a leader's end may miss it while there is none.
            operations.values().forEach(operation -> recorder.completed(operation, new Result.Unknown(e.toString())));
        }
    }

    private void poll(Duration timeout, Reading how, Map<TopicPartition, Long> highWatermarks) {
        Map<TopicPartition, Long> operations = new HashMap<>();
        for (TopicPartition partition : partitions) {
            Call.Poll call = new Call.Poll(partition, consumer.position(partition), how);
            operations.put(partition, recorder.invoked(client, call));
        }
        try {
            ConsumerRecords<Long, Long> found = consumer.poll(timeout);
            operations.forEach((partition, operation) -> recorder.completed(
                    operation,
                    new Result.Ok(polled(
                            partition, found.records(partition), highWatermarks.getOrDefault(partition, UNKNOWN)))));
        } catch (KafkaException e) {
            operations.values().forEach(operation -> recorder.completed(operation, new Result.Unknown(e.toString())));
            throw e;
        }
    }

    private Answer.Polled polled(
            TopicPartition partition, List<ConsumerRecord<Long, Long>> records, long highWatermark) {
        long[] offsets = records.stream().mapToLong(ConsumerRecord::offset).toArray();
        long[] values = records.stream().mapToLong(ConsumerRecord::value).toArray();
        long[] timestamps =
                records.stream().mapToLong(ConsumerRecord::timestamp).toArray();
        long next = consumer.position(partition);
        return new Answer.Polled(UNKNOWN_NODE, highWatermark, UNKNOWN, next, new Records(offsets, values, timestamps));
    }

    /**
     * Reads all partitions to their ends; when nobody writes any more and nothing is broken.
     *
     * @throws IllegalStateException when that takes longer than {@code timeout}
     */
    public void readToTheEnd(Duration timeout) {
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, timeout);
        long giveUp = System.nanoTime() + timeout.toNanos();
        do {
            if (System.nanoTime() - giveUp > 0) {
                throw new IllegalStateException("the partitions could not be read within " + timeout);
            }
            poll(Duration.ofMillis(200), Reading.FINAL, ends);
        } while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition)));
    }

    @Override
    public void close() {
        consumer.close();
    }
}
