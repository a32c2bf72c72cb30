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
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;

/** How long it takes to make many partitions and to write one record to each, and what they cost when they rest. */
final class PartitionsBench {

    private static final int RECORD_SIZE = 100;
    private static final int DELIVERY_MS = (int) TimeUnit.MINUTES.toMillis(10);
    private static final double NANOS = 1e9;

    private final ClusterClient cluster;
    private final BenchNodes nodes;
    private final int partitions;
    private final short replicationFactor;
    private final Duration rest;

    /**
     * Of that many partitions.
     *
     * @param rest how long to leave the nodes alone afterwards; the second half of it is measured
     */
    PartitionsBench(ClusterClient cluster, BenchNodes nodes, int partitions, short replicationFactor, Duration rest) {
        this.cluster = cluster;
        this.nodes = nodes;
        this.partitions = partitions;
        this.replicationFactor = replicationFactor;
        this.rest = rest;
    }

    Measurement run() {
        NodeUsage before = nodes.usage();
        long begun = System.nanoTime();
        try (BenchTopic topic = new BenchTopic(cluster, partitions, replicationFactor)) {
            long created = System.nanoTime();
            Acknowledgements sent = writeEach(topic, created);
            long written = System.nanoTime();
            List<Figure> figures = new ArrayList<>();
            figures.add(Figure.low("created and written", "s", (written - begun) / NANOS));
            figures.add(Figure.low("created", "s", (created - begun) / NANOS));
            figures.add(Figure.low("written", "s", (written - created) / NANOS));
            figures.addAll(sent.latencies().figures("acknowledgement"));
            if (nodes.areKnown()) {
                figures.addAll(nodes.usage().since(before));
                figures.addAll(rest());
            }
            Map<String, String> shown = new LinkedHashMap<>();
            shown.put("partitions", Integer.toString(partitions));
            shown.put("replication factor", Short.toString(replicationFactor));
            shown.put("rest", rest.toSeconds() + " s");
            return new Measurement(
                    "partitions", shown, figures, List.of(sent.latencies().curve("acknowledgement")), List.of());
        }
    }

    private Acknowledgements writeEach(BenchTopic topic, long begun) {
        byte[] payload = Payload.random(RECORD_SIZE);
        Acknowledgements sent = new Acknowledgements(begun);
        // However long the partitions take to be led, that time is what is measured.
        try (BenchSender sender = new BenchSender(
                cluster,
                Map.of(
                        ProducerConfig.ACKS_CONFIG,
                        "all",
                        ProducerConfig.MAX_BLOCK_MS_CONFIG,
                        DELIVERY_MS,
                        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                        DELIVERY_MS))) {
            sender.send(
                    new Schedule(begun, 0),
                    number -> number < partitions,
                    (number, due) -> new ProducerRecord<>(topic.name(), (int) number, null, payload),
                    sent);
        }
        return Acknowledgements.all(begun, List.of(sent));
    }

    /** The first half is for what is still under way; the second is what resting costs. */
    private List<Figure> rest() {
        if (rest.isZero()) {
            return List.of();
        }
        sleep(rest.dividedBy(2));
        NodeUsage before = nodes.usage();
        long begun = System.nanoTime();
        sleep(rest.dividedBy(2));
        NodeUsage after = nodes.usage();
        double elapsed = (System.nanoTime() - begun) / NANOS;
        return List.of(
                Figure.low("at rest: CPU of the nodes", "cores", (after.cpuSeconds() - before.cpuSeconds()) / elapsed),
                Figure.low("at rest: memory of the nodes", "MB", after.residentMb()),
                Figure.low("at rest: memory of the nodes without files", "MB", after.anonymousMb()),
                Figure.low("at rest: threads of the nodes", "", after.threads()));
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException("interrupted", e);
        }
    }
}
