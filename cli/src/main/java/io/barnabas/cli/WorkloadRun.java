package io.barnabas.cli;

import io.barnabas.cli.rules.bench.Measurement;
import io.barnabas.cli.rules.bench.Workload;
import java.time.Duration;

/** Has a cluster do a workload, each with topics and clients of its own. */
final class WorkloadRun {

    private static final short REPLICAS = 3;

    private final ComparedCluster cluster;
    private final ClusterClient client;

    WorkloadRun(ComparedCluster cluster) {
        this.cluster = cluster;
        this.client = cluster.client();
    }

    /** Of any kind but {@link Workload.Kind#START}, which is past. */
    Measurement run(Workload workload) {
        Measurement measurement = switch (workload.kind()) {
            case START -> throw new IllegalArgumentException("the nodes run");
            case PRODUCE -> produce(workload);
            case END_TO_END -> endToEnd(workload);
            case SCAN -> scan(workload);
            case FAILOVER -> failover(workload);
            case PARTITIONS -> partitions(workload);
            case MIXED -> mixed(workload);
        };
        return measurement.named(workload.name());
    }

    private BenchTopic topic(Workload workload) {
        return new BenchTopic(client, workload.integer("partitions"), REPLICAS);
    }

    private Measurement produce(Workload workload) {
        ProduceBench.Settings settings = new ProduceBench.Settings(
                (long) workload.number("records"),
                workload.integer("size"),
                workload.number("rate"),
                workload.integer("producers"),
                Duration.ofSeconds(workload.integer("warm-up")),
                workload.text("acks"),
                workload.integer("batch"),
                workload.integer("linger"),
                "none");
        try (BenchTopic topic = topic(workload)) {
            return new ProduceBench(client, topic, cluster.nodes(), settings).run();
        }
    }

    private Measurement endToEnd(Workload workload) {
        try (BenchTopic topic = topic(workload)) {
            return new EndToEndBench(client, topic, cluster.nodes(), load(workload, 1)).run();
        }
    }

    private static StampedLoad.Settings load(Workload workload, int producers) {
        return new StampedLoad.Settings(
                producers,
                workload.number("rate"),
                workload.integer("size"),
                Duration.ofSeconds(workload.integer("warm-up")),
                Duration.ofSeconds(workload.integer("seconds")));
    }

    private Measurement scan(Workload workload) {
        try (BenchTopic topic = topic(workload)) {
            fill(workload, topic);
            return new ConsumeBench(
                            client,
                            topic,
                            cluster.nodes(),
                            workload.integer("consumers"),
                            workload.integer("warm-up"),
                            workload.integer("scans"))
                    .run();
        }
    }

    private void fill(Workload workload, BenchTopic topic) {
        new ProduceBench(
                        client,
                        topic,
                        cluster.nodes(),
                        ProduceBench.Settings.flatOut((long) workload.number("records"), workload.integer("size")))
                .run();
    }

    private Measurement failover(Workload workload) {
        return new FailoverBench(
                        client,
                        cluster,
                        new FailoverBench.Settings(
                                workload.integer("kills"),
                                Duration.ofMillis(workload.integer("interval")),
                                Duration.ofSeconds(workload.integer("calm"))))
                .run();
    }

    private Measurement partitions(Workload workload) {
        return new PartitionsBench(
                        client,
                        cluster.nodes(),
                        workload.integer("partitions"),
                        REPLICAS,
                        Duration.ofSeconds(workload.integer("rest")))
                .run();
    }

    private Measurement mixed(Workload workload) {
        try (BenchTopic topic = topic(workload)) {
            fill(workload, topic);
            return new MixedBench(client, topic, cluster.nodes(), load(workload, workload.integer("producers"))).run();
        }
    }
}
