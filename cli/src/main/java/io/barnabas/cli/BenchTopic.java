package io.barnabas.cli;

import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** A topic for one measurement; deleted when closed. */
final class BenchTopic implements AutoCloseable {

    /** The default of the cluster. */
    static final short DEFAULT_REPLICATION = -1;

    private final ClusterClient cluster;
    private final String name = "bench-" + UUID.randomUUID();
    private final int partitions;

    BenchTopic(ClusterClient cluster, int partitions, short replicationFactor) {
        this.cluster = cluster;
        this.partitions = partitions;
        try (Admin admin = cluster.admin()) {
            cluster.get(admin.createTopics(List.of(new NewTopic(name, partitions, replicationFactor)))
                    .all());
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
        try (Admin admin = cluster.admin()) {
            cluster.get(admin.deleteTopics(List.of(name)).all());
        }
    }
}
