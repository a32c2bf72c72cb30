package io.barnabas.cli;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** A topic for one measurement, of the cluster's default replication factor; deleted when closed. */
final class BenchTopic implements AutoCloseable {

    private final ClusterClient cluster;
    private final String name = "bench-" + UUID.randomUUID();
    private final int partitions;

    BenchTopic(ClusterClient cluster, int partitions) {
        this.cluster = cluster;
        this.partitions = partitions;
        try (Admin admin = cluster.admin()) {
            cluster.get(admin.createTopics(List.of(new NewTopic(name, Optional.of(partitions), Optional.empty())))
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
