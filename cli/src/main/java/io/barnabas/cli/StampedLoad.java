package io.barnabas.cli;

import io.barnabas.cli.rules.bench.Schedule;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Producers that send stamped records at a fixed rate, without lingering and with acks=all, and a consumer that times
 * them. Time counts from the plan, so a stall counts for every record that it holds up.
 */
final class StampedLoad {

    private static final Map<String, Object> CONFIG = Map.of(
            ProducerConfig.ACKS_CONFIG,
            "all",
            ProducerConfig.LINGER_MS_CONFIG,
            0,
            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
            true);

    private final ClusterClient cluster;
    private final BenchTopic topic;
    private final Settings settings;

    /**
     * What to send.
     *
     * @param producers who share the rate
     * @param perSecond records a second, of all together
     * @param recordSize bytes of each value, at least {@link Payload#STAMP}
     * @param warmUp how long to send before it counts
     * @param time how long it counts
     */
    record Settings(int producers, double perSecond, int recordSize, Duration warmUp, Duration time) {

        int warmUpRecords() {
            return (int) (perSecond * warmUp.toMillis() / 1_000);
        }

        int records() {
            return Math.max(1, (int) (perSecond * time.toMillis() / 1_000));
        }

        /** As a report tells it. */
        Map<String, String> shown(BenchTopic topic) {
            Map<String, String> shown = new LinkedHashMap<>();
            shown.put("producers", Integer.toString(producers));
            shown.put("rate", perSecond + " records/s");
            shown.put("partitions", Integer.toString(topic.partitions()));
            shown.put("record size", recordSize + " B");
            shown.put("warm-up", warmUp.toSeconds() + " s");
            shown.put("time", time.toSeconds() + " s");
            return shown;
        }
    }

    /**
     * How it went.
     *
     * @param sent when records were acknowledged
     * @param received when they came
     */
    record Outcome(Acknowledgements sent, StampReader.Received received) {}

    StampedLoad(ClusterClient cluster, BenchTopic topic, Settings settings) {
        this.cluster = cluster;
        this.topic = topic;
        this.settings = settings;
    }

    /** Sends and receives everything; a record that is lost is a failure. */
    Outcome run() {
        StampReader reader = new StampReader(cluster, topic, settings.warmUpRecords(), settings.records());
        AtomicReference<StampReader.Received> received = new AtomicReference<>();
        AtomicReference<Acknowledgements> sent = new AtomicReference<>();
        Callable<Boolean> reading = () -> {
            received.set(reader.read());
            return true;
        };
        Callable<Boolean> sending = () -> {
            sent.set(send(reader));
            return true;
        };
        Parallel.run(List.of(reading, sending));
        received.get().requireAll();
        return new Outcome(sent.get(), received.get());
    }

    private Acknowledgements send(StampReader reader) {
        try {
            reader.awaitReady();
            // The warm-up is one schedule with the rest, so that nothing pauses between them.
            Schedule schedule = new Schedule(System.nanoTime(), settings.perSecond());
            long counted = schedule.timeOf(settings.warmUpRecords());
            List<Callable<Acknowledgements>> senders = IntStream.range(0, settings.producers())
                    .<Callable<Acknowledgements>>mapToObj(producer -> () -> send(producer, schedule, counted))
                    .toList();
            return Acknowledgements.all(counted, Parallel.run(senders));
        } finally {
            reader.allSent();
        }
    }

    private Acknowledgements send(int producer, Schedule schedule, long counted) {
        int all = settings.warmUpRecords() + settings.records();
        byte[] payload = Payload.random(settings.recordSize());
        Acknowledgements warmUp = new Acknowledgements(counted);
        Acknowledgements sent = new Acknowledgements(counted);
        try (BenchSender sender = new BenchSender(cluster, CONFIG)) {
            sender.send(
                    schedule.share(producer, settings.producers()),
                    number -> numberOf(producer, number) < all,
                    (number, due) -> new ProducerRecord<>(
                            topic.name(), Payload.stamped(payload, numberOf(producer, number), due)),
                    new BenchSender.Listener() {
                        @Override
                        public void acknowledged(long dueNanos, long nowNanos, int size) {
                            (dueNanos < counted ? warmUp : sent).acknowledged(dueNanos, nowNanos, size);
                        }

                        @Override
                        public void failed(Exception failure) {
                            sent.failed(failure);
                        }
                    });
        }
        return sent;
    }

    /** Producers take turns. */
    private long numberOf(int producer, long turn) {
        return turn * settings.producers() + producer;
    }
}
