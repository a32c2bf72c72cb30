package io.barnabas.cli;

import io.barnabas.cli.rules.bench.Figure;
import io.barnabas.cli.rules.bench.Measurement;
import io.barnabas.cli.rules.bench.NodeUsage;
import java.util.ArrayList;
import java.util.List;

/** How long a record takes from when it was due to be sent until a consumer has it, at a fixed rate. */
final class EndToEndBench {

    private final ClusterClient cluster;
    private final BenchTopic topic;
    private final BenchNodes nodes;
    private final StampedLoad.Settings settings;

    EndToEndBench(ClusterClient cluster, BenchTopic topic, BenchNodes nodes, StampedLoad.Settings settings) {
        this.cluster = cluster;
        this.topic = topic;
        this.nodes = nodes;
        this.settings = settings;
    }

    Measurement run() {
        NodeUsage before = nodes.usage();
        StampedLoad.Outcome outcome = new StampedLoad(cluster, topic, settings).run();
        List<Figure> figures = new ArrayList<>(outcome.received().latencies().figures("end to end"));
        figures.addAll(outcome.sent().latencies().figures("acknowledgement"));
        figures.add(Figure.plain(
                "received", "records", outcome.received().latencies().count()));
        figures.add(Figure.low("received twice", "records", outcome.received().duplicates()));
        if (nodes.areKnown()) {
            figures.addAll(nodes.usage().since(before));
        }
        return new Measurement(
                "end-to-end",
                settings.shown(topic),
                figures,
                List.of(
                        outcome.received().latencies().curve("end to end"),
                        outcome.sent().latencies().curve("acknowledgement")),
                List.of(outcome.received().rates().megabytes("received")));
    }
}
