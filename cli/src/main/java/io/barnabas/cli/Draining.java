package io.barnabas.cli;

import java.io.PrintWriter;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;

/** Keeps leads away from a node, or lets them come back. */
final class Draining {

    private static final String SETTING = "node.drained";

    private final ClusterClient cluster;
    private final Admin admin;
    private final int node;

    Draining(ClusterClient cluster, Admin admin, int node) {
        this.cluster = cluster;
        this.admin = admin;
        this.node = node;
    }

    void set(boolean drained) {
        AlterConfigOp.OpType operation = drained ? AlterConfigOp.OpType.SET : AlterConfigOp.OpType.DELETE;
        Collection<AlterConfigOp> change = List.of(new AlterConfigOp(new ConfigEntry(SETTING, "true"), operation));
        cluster.get(admin.incrementalAlterConfigs(
                        Map.of(new ConfigResource(ConfigResource.Type.BROKER, Integer.toString(node)), change))
                .all());
    }

    /** Returns when the node leads nothing that another one could lead. */
    void await(PrintWriter out) {
        ClusterReplicas replicas = new ClusterReplicas(cluster, admin);
        long said = -1;
        while (true) {
            long left = replicas.partitions().values().stream()
                    .filter(this::couldBeLedElsewhere)
                    .count();
            if (left == 0) {
                return;
            }
            if (left != said) {
                said = left;
                out.println("node " + node + " leads " + left + " partitions still");
                out.flush();
            }
            MoveProgress.pause();
        }
    }

    private boolean couldBeLedElsewhere(TopicPartitionInfo partition) {
        return partition.leader() != null
                && partition.leader().id() == node
                && partition.isr().size() > 1;
    }
}
