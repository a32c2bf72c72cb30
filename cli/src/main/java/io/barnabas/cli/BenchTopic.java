package io.barnabas.cli;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** A topic for one measurement; deleted when closed, unless it was there before or has a name that was asked for. */
final class BenchTopic implements AutoCloseable {

    /** The default of the cluster. */
    static final short DEFAULT_REPLICATION = -1;

    /** Thousands of partitions take their time. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final ClusterClient cluster;
    private final String name;
    private final int partitions;
    private final boolean kept;

    BenchTopic(ClusterClient cluster, int partitions, short replicationFactor) {
        this(cluster, "bench-" + UUID.randomUUID(), partitions, false);
        create(replicationFactor);
    }

    private BenchTopic(ClusterClient cluster, String name, int partitions, boolean kept) {
        this.cluster = cluster;
        this.name = name;
        this.partitions = partitions;
        this.kept = kept;
    }

    /** The topic of that name as it is, or made so; it stays. */
    static BenchTopic named(ClusterClient cluster, String name, int partitions, short replicationFactor) {
        try (Admin admin = cluster.admin()) {
            if (cluster.get(admin.listTopics().names()).contains(name)) {
                int present = cluster.get(admin.describeTopics(List.of(name))
                                .topicNameValues()
                                .get(name))
                        .partitions()
                        .size();
                return new BenchTopic(cluster, name, present, true);
            }
        }
        BenchTopic topic = new BenchTopic(cluster, name, partitions, true);
        topic.create(replicationFactor);
        return topic;
    }

    private void create(short replicationFactor) {
        try (Admin admin = cluster.patientAdmin(PATIENCE)) {
            cluster.get(
                    admin.createTopics(List.of(new NewTopic(name, partitions, replicationFactor)))
                            .all(),
                    PATIENCE);
        }
    }

    String name() {
        return name;
    }

    int partitions() {
        return partitions;
    }

    @Override
    public void close() {
        if (kept) {
            return;
        }
        try (Admin admin = cluster.patientAdmin(PATIENCE)) {
            cluster.get(admin.deleteTopics(List.of(name)).all(), PATIENCE);
        }
    }
}
