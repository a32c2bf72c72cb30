package io.barnabas.cli;

import io.barnabas.cli.rules.bench.Schedule;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongPredicate;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A stock producer that sends by a schedule and tells each acknowledgement. */
final class BenchSender implements AutoCloseable {

    private final Producer<byte[], byte[]> producer;

    BenchSender(ClusterClient cluster, Map<String, Object> config) {
        this.producer = cluster.producer(config);
    }

    /** What to send. */
    @FunctionalInterface
    interface Records {
        /**
         * The record to send next.
         *
         * @param number from 0
         * @param dueNanos when it is due, by {@link System#nanoTime}
         */
        ProducerRecord<byte[], byte[]> record(long number, long dueNanos);
    }

    /** Who is told. */
    interface Listener {

        /** A record that was due then is acknowledged now. */
        void acknowledged(long dueNanos, long nowNanos, int size);

        void failed(Exception failure);
    }

    /**
     * Sends on the calling thread, and returns when all is acknowledged or has failed.
     *
     * @param schedule when; without a rate a record is due when its turn comes
     * @param proceed whether to send the record of that number
     */
    void send(Schedule schedule, LongPredicate proceed, Records records, Listener listener) {
        for (long number = 0; proceed.test(number); number++) {
            long due = schedule.isFlatOut() ? System.nanoTime() : await(schedule.timeOf(number));
            ProducerRecord<byte[], byte[]> record = records.record(number, due);
            producer.send(record, (metadata, failure) -> {
                if (failure == null) {
                    listener.acknowledged(due, System.nanoTime(), record.value().length);
                } else {
                    listener.failed(failure);
                }
            });
        }
        producer.flush();
    }

    private static long await(long due) {
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        return due;
    }

    @Override
    public void close() {
        producer.close();
    }
}
