package io.barnabas.cli;

import io.barnabas.cli.rules.bench.Schedule;
import io.barnabas.cli.rules.bench.Silence;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A producer that sends small records steadily and knows the longest time without an acknowledgement. */
final class SilenceProbe implements AutoCloseable, BenchSender.Listener {

    private static final int RECORD_SIZE = 100;
    /** Longer than any silence that is worth measuring, so that no record is given up. */
    private static final int DELIVERY_MS = (int) TimeUnit.MINUTES.toMillis(5);

    private final BenchSender sender;
    private final Thread thread;
    private final Silence silence = new Silence(System.nanoTime());
    private volatile boolean stopping;
    private long acknowledged;
    private long failed;
    private long lastDue;

    /**
     * What became of the records.
     *
     * @param failed those that were not acknowledged
     */
    record Counts(long acknowledged, long failed) {}

    SilenceProbe(ClusterClient cluster, BenchTopic topic, Duration interval) {
        this.sender = new BenchSender(
                cluster,
                Map.of(
                        ProducerConfig.ACKS_CONFIG,
                        "all",
                        ProducerConfig.LINGER_MS_CONFIG,
                        0,
                        ProducerConfig.MAX_BLOCK_MS_CONFIG,
                        DELIVERY_MS,
                        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                        DELIVERY_MS));
        byte[] payload = Payload.random(RECORD_SIZE);
        Schedule schedule = new Schedule(System.nanoTime(), TimeUnit.SECONDS.toNanos(1) / (double) interval.toNanos());
        this.thread = Thread.ofPlatform()
                .daemon()
                .name("bench-probe")
                .start(() -> sender.send(
                        schedule,
                        number -> !stopping,
                        (number, due) -> new ProducerRecord<>(topic.name(), payload),
                        this));
    }

    @Override
    public synchronized void acknowledged(long dueNanos, long nowNanos, int size) {
        acknowledged++;
        lastDue = Math.max(lastDue, dueNanos);
        silence.acknowledged(nowNanos);
        notifyAll();
    }

    @Override
    public synchronized void failed(Exception failure) {
        failed++;
    }

    synchronized long acknowledged() {
        return acknowledged;
    }

    synchronized void forget() {
        silence.forget();
    }

    synchronized long longestNanos() {
        return silence.longest(System.nanoTime());
    }

    /** Waits until a record is acknowledged that is sent from now on. */
    synchronized void awaitNew(Duration patience) {
        long now = System.nanoTime();
        long end = now + patience.toNanos();
        try {
            while (lastDue <= now) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    throw new CommandFailedException(
                            "nothing was acknowledged for " + patience.toSeconds() + " s after a kill");
                }
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException("interrupted", e);
        }
    }

    /** Stops sending, and waits until every record has been acknowledged or has failed. */
    Counts finish() {
        stopping = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException("interrupted", e);
        }
        synchronized (this) {
            return new Counts(acknowledged, failed);
        }
    }

    @Override
    public void close() {
        stopping = true;
        sender.close();
    }
}
