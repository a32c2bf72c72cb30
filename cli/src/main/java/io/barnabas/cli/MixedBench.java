package io.barnabas.cli;

import io.barnabas.cli.rules.bench.Figure;
import io.barnabas.cli.rules.bench.Measurement;
import io.barnabas.cli.rules.bench.NodeUsage;
import io.barnabas.cli.rules.bench.Rates;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/**
 * Latencies of producers and of a consumer at the end of a topic, while another consumer reads the topic's backlog as
 * fast as it can. It begins anew when it has read all, so that it reads all the time.
 */
final class MixedBench {

    private static final Duration POLL = Duration.ofMillis(100);

    private final ClusterClient cluster;
    private final BenchTopic topic;
    private final BenchNodes nodes;
    private final StampedLoad.Settings settings;

    /** On a topic that has a backlog. */
    MixedBench(ClusterClient cluster, BenchTopic topic, BenchNodes nodes, StampedLoad.Settings settings) {
        this.cluster = cluster;
        this.topic = topic;
        this.nodes = nodes;
        this.settings = settings;
    }

    /** What the reader of the backlog got. */
    private record CatchUp(Rates rates, long nanos) {}

    Measurement run() {
        AtomicBoolean over = new AtomicBoolean();
        AtomicReference<StampedLoad.Outcome> live = new AtomicReference<>();
        AtomicReference<CatchUp> catchUp = new AtomicReference<>();
        NodeUsage before = nodes.usage();
        Callable<Boolean> reading = () -> {
            catchUp.set(catchUp(over));
            return true;
        };
        Callable<Boolean> sending = () -> {
            try {
                live.set(new StampedLoad(cluster, topic, settings).run());
            } finally {
                over.set(true);
            }
            return true;
        };
        Parallel.run(List.of(reading, sending));
        return measurement(live.get(), catchUp.get(), before);
    }

    private CatchUp catchUp(AtomicBoolean over) {
        List<TopicPartition> all = IntStream.range(0, topic.partitions())
                .mapToObj(partition -> new TopicPartition(topic.name(), partition))
                .toList();
        Rates rates = new Rates();
        long begun = System.nanoTime();
        try (Consumer<byte[], byte[]> consumer = cluster.consumer()) {
            consumer.assign(all);
            Map<TopicPartition, Long> backlog = consumer.endOffsets(all);
            consumer.seekToBeginning(all);
            while (!over.get()) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    rates.add(System.nanoTime() - begun, record.value().length);
                }
                for (TopicPartition partition : records.partitions()) {
                    if (consumer.position(partition) >= backlog.get(partition)) {
                        consumer.seekToBeginning(List.of(partition));
                    }
                }
            }
        }
        return new CatchUp(rates, System.nanoTime() - begun);
    }

    private Measurement measurement(StampedLoad.Outcome live, CatchUp catchUp, NodeUsage before) {
        List<Figure> figures = new ArrayList<>(live.sent().latencies().figures("acknowledgement"));
        figures.addAll(live.received().latencies().figures("end to end"));
        figures.addAll(catchUp.rates().figures(catchUp.nanos()));
        figures.add(Figure.low("received twice", "records", live.received().duplicates()));
        if (nodes.areKnown()) {
            figures.addAll(nodes.usage().since(before));
        }
        return new Measurement(
                "mixed",
                settings.shown(topic),
                figures,
                List.of(
                        live.sent().latencies().curve("acknowledgement"),
                        live.received().latencies().curve("end to end")),
                List.of(
                        catchUp.rates().megabytes("backlog read"),
                        live.sent().rates().megabytes("acknowledged")));
    }
}
