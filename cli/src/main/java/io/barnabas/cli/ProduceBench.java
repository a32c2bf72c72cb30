package io.barnabas.cli;

import io.barnabas.cli.rules.bench.Figure;
import io.barnabas.cli.rules.bench.Measurement;
import io.barnabas.cli.rules.bench.NodeUsage;
import io.barnabas.cli.rules.bench.Schedule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;

/** How fast records go into a topic, and how long each waits for its acknowledgement. */
final class ProduceBench {

    private final ClusterClient cluster;
    private final BenchTopic topic;
    private final BenchNodes nodes;
    private final Settings settings;

    /**
     * What to send, and how.
     *
     * @param records how many are measured, all producers together
     * @param recordSize bytes of each value
     * @param perSecond records a second, all producers together; 0 or less for as fast as possible
     * @param warmUp how long to send before it counts
     */
    record Settings(
            long records,
            int recordSize,
            double perSecond,
            int producers,
            Duration warmUp,
            String acks,
            int batchSize,
            int lingerMs,
            String compression) {

        /** Flat out with the defaults of Kafka's producer. */
        static Settings flatOut(long records, int recordSize) {
            return new Settings(records, recordSize, -1, 1, Duration.ZERO, "all", 16_384, 5, "none");
        }

        private Map<String, Object> config() {
            return Map.of(
                    ProducerConfig.ACKS_CONFIG,
                    acks,
                    ProducerConfig.BATCH_SIZE_CONFIG,
                    batchSize,
                    ProducerConfig.LINGER_MS_CONFIG,
                    lingerMs,
                    ProducerConfig.COMPRESSION_TYPE_CONFIG,
                    compression,
                    ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                    acks.equals("all"));
        }

        private Map<String, String> shown(BenchTopic topic) {
            Map<String, String> shown = new LinkedHashMap<>();
            shown.put("partitions", Integer.toString(topic.partitions()));
            shown.put("records", Long.toString(records));
            shown.put("record size", recordSize + " B");
            shown.put("rate", perSecond > 0 ? perSecond + " records/s" : "flat out");
            shown.put("producers", Integer.toString(producers));
            shown.put("warm-up", warmUp.toSeconds() + " s");
            config().entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(entry -> shown.put(entry.getKey(), entry.getValue().toString()));
            return shown;
        }
    }

    ProduceBench(ClusterClient cluster, BenchTopic topic, BenchNodes nodes, Settings settings) {
        this.cluster = cluster;
        this.topic = topic;
        this.nodes = nodes;
        this.settings = settings;
    }

    Measurement run() {
        List<BenchSender> senders = new ArrayList<>();
        try {
            for (int i = 0; i < settings.producers(); i++) {
                senders.add(new BenchSender(cluster, settings.config()));
            }
            if (!settings.warmUp().isZero()) {
                long end = System.nanoTime() + settings.warmUp().toNanos();
                send(senders, System.nanoTime(), sender -> number -> System.nanoTime() < end);
            }
            NodeUsage before = nodes.usage();
            long begun = System.nanoTime();
            Acknowledgements sent = send(senders, begun, sender -> {
                long share = share(sender);
                return number -> number < share;
            });
            long elapsed = System.nanoTime() - begun;
            return measurement(sent, elapsed, before);
        } finally {
            senders.forEach(BenchSender::close);
        }
    }

    private Measurement measurement(Acknowledgements sent, long elapsed, NodeUsage before) {
        List<Figure> figures = new ArrayList<>(sent.rates().figures(elapsed));
        figures.addAll(sent.latencies().figures("acknowledgement"));
        if (nodes.areKnown()) {
            figures.addAll(nodes.usage().since(before, sent.rates().bytes()));
        }
        return new Measurement(
                "produce",
                settings.shown(topic),
                figures,
                List.of(sent.latencies().curve("acknowledgement")),
                List.of(sent.rates().megabytes("acknowledged")));
    }

    private long share(long sender) {
        long each = settings.records() / settings.producers();
        return sender < settings.records() % settings.producers() ? each + 1 : each;
    }

    private interface Proceed {
        LongPredicate of(long sender);
    }

    private Acknowledgements send(List<BenchSender> senders, long begun, Proceed proceed) {
        Schedule schedule = new Schedule(begun, settings.perSecond());
        byte[] payload = Payload.random(settings.recordSize());
        List<Callable<Acknowledgements>> tasks = LongStream.range(0, senders.size())
                .<Callable<Acknowledgements>>mapToObj(i -> () -> {
                    Acknowledgements sent = new Acknowledgements(begun);
                    senders.get((int) i)
                            .send(
                                    schedule.share((int) i, senders.size()),
                                    proceed.of(i),
                                    (number, due) -> new ProducerRecord<>(topic.name(), payload),
                                    sent);
                    return sent;
                })
                .toList();
        return Acknowledgements.all(begun, Parallel.run(tasks));
    }
}
