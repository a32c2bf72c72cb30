package io.barnabas.cli;

import io.barnabas.cli.rules.bench.Latencies;
import io.barnabas.cli.rules.bench.Rates;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** A stock consumer at the end of a topic that times stamped records from when they were due until they came. */
final class StampReader {

    private static final Duration POLL = Duration.ofMillis(100);
    /** For records that were sent last. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ClusterClient cluster;
    private final BenchTopic topic;
    private final int warmUp;
    private final int records;
    private final CountDownLatch ready = new CountDownLatch(1);
    private volatile boolean allSent;
    private volatile long allSentNanos;

    /**
     * Reads records with the numbers 0 up to the sum of both.
     *
     * @param warmUp the first ones, which are read and not counted
     * @param records the others
     */
    StampReader(ClusterClient cluster, BenchTopic topic, int warmUp, int records) {
        this.cluster = cluster;
        this.topic = topic;
        this.warmUp = warmUp;
        this.records = records;
    }

    /**
     * What was read.
     *
     * @param duplicates records that came again
     * @param missing records that had not come long after all were sent
     */
    record Received(Latencies latencies, Rates rates, long duplicates, long missing) {

        void requireAll() {
            if (missing > 0) {
                throw new CommandFailedException(missing + " records were acknowledged and never received");
            }
        }
    }

    /** Waits until the reader stands at the end, so that it misses nothing that is sent from now on. */
    void awaitReady() {
        try {
            if (!ready.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new CommandFailedException("the consumer did not find the end of " + topic.name());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException("interrupted", e);
        }
    }

    /** No more records will be sent: those that do not come soon are missing. */
    void allSent() {
        allSentNanos = System.nanoTime();
        allSent = true;
    }

    /** Reads on the calling thread until all records came, or those that are left are missing. */
    Received read() {
        Latencies latencies = new Latencies();
        Rates rates = new Rates();
        BitSet seen = new BitSet(warmUp + records);
        long duplicates = 0;
        long begun = 0;
        try (Consumer<byte[], byte[]> consumer = cluster.consumer()) {
            List<TopicPartition> all = IntStream.range(0, topic.partitions())
                    .mapToObj(partition -> new TopicPartition(topic.name(), partition))
                    .toList();
            consumer.assign(all);
            consumer.seekToEnd(all);
            all.forEach(consumer::position);
            ready.countDown();
            while (seen.cardinality() < warmUp + records && !isOverdue()) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    long now = System.nanoTime();
                    int number = Math.toIntExact(Payload.number(record.value()));
                    if (seen.get(number)) {
                        duplicates++;
                        continue;
                    }
                    seen.set(number);
                    if (number >= warmUp) {
                        begun = begun == 0 ? now : begun;
                        latencies.record(now - Payload.dueNanos(record.value()));
                        rates.add(now - begun, record.value().length);
                    }
                }
            }
        }
        return new Received(latencies, rates, duplicates, warmUp + records - seen.cardinality());
    }

    private boolean isOverdue() {
        return allSent && System.nanoTime() - allSentNanos > PATIENCE.toNanos();
    }
}
