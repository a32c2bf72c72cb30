package io.barnabas.cli;

import io.barnabas.cli.rules.bench.Figure;
import io.barnabas.cli.rules.bench.Measurement;
import io.barnabas.cli.rules.bench.NodeUsage;
import io.barnabas.cli.rules.bench.Rates;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/** How fast a topic is read from its beginning to where it ended when the reading began. */
final class ConsumeBench {

    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ClusterClient cluster;
    private final BenchTopic topic;
    private final BenchNodes nodes;
    private final int consumers;
    private final int warmUp;
    private final int scans;

    /**
     * With consumers that share the partitions.
     *
     * @param warmUp how often to read everything before it counts
     * @param scans how often it counts, all of them together
     */
    ConsumeBench(ClusterClient cluster, BenchTopic topic, BenchNodes nodes, int consumers, int warmUp, int scans) {
        this.cluster = cluster;
        this.topic = topic;
        this.nodes = nodes;
        this.consumers = consumers;
        this.warmUp = warmUp;
        this.scans = scans;
    }

    Measurement run() {
        for (int i = 0; i < warmUp; i++) {
            scan(System.nanoTime());
        }
        NodeUsage before = nodes.usage();
        Rates all = new Rates();
        long begun = System.nanoTime();
        for (int i = 0; i < scans; i++) {
            all.add(scan(begun));
        }
        long elapsed = System.nanoTime() - begun;
        if (all.records() == 0) {
            throw new CommandFailedException("there is nothing to read in " + topic.name() + "; use --fill RECORDS");
        }
        List<Figure> figures = new ArrayList<>(all.figures(elapsed));
        if (nodes.areKnown()) {
            figures.addAll(nodes.usage().since(before, all.bytes()));
        }
        Map<String, String> shown = new LinkedHashMap<>();
        shown.put("partitions", Integer.toString(topic.partitions()));
        shown.put("records", Long.toString(all.records() / scans));
        shown.put("consumers", Integer.toString(consumers));
        shown.put("warm-up", warmUp + " scans");
        shown.put("scans", Integer.toString(scans));
        return new Measurement("consume", shown, figures, List.of(), List.of(all.megabytes("read")));
    }

    /** Reads everything once. */
    private Rates scan(long begun) {
        List<Callable<Rates>> readers = IntStream.range(0, consumers)
                .<Callable<Rates>>mapToObj(reader -> () -> read(part(reader), begun))
                .toList();
        Rates all = new Rates();
        Parallel.run(readers).forEach(all::add);
        return all;
    }

    private List<TopicPartition> part(int reader) {
        return IntStream.range(0, topic.partitions())
                .filter(partition -> partition % consumers == reader)
                .mapToObj(partition -> new TopicPartition(topic.name(), partition))
                .toList();
    }

    private Rates read(List<TopicPartition> part, long begun) {
        Rates rates = new Rates();
        try (Consumer<byte[], byte[]> consumer = cluster.consumer()) {
            consumer.assign(part);
            consumer.seekToBeginning(part);
            Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(part));
            Set<TopicPartition> open = new HashSet<>(part);
            open.removeIf(partition -> consumer.position(partition) >= ends.get(partition));
            long last = System.nanoTime();
            while (!open.isEmpty()) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
                long now = System.nanoTime();
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    rates.add(now - begun, size(record));
                }
                records.partitions().stream()
                        .filter(partition -> consumer.position(partition) >= ends.get(partition))
                        .forEach(open::remove);
                if (!records.isEmpty()) {
                    last = now;
                } else if (now - last > PATIENCE.toNanos()) {
                    throw new CommandFailedException("no records came for " + PATIENCE.toSeconds() + " s, with " + open
                            + " not read to the end");
                }
            }
        }
        return rates;
    }

    private static int size(ConsumerRecord<byte[], byte[]> record) {
        return (record.key() == null ? 0 : record.key().length) + (record.value() == null ? 0 : record.value().length);
    }
}
