package io.barnabas.cli;

import io.barnabas.net.client.KafkaConnection;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** Keeps leads away from a node, or lets them come back. */
final class Draining {

    private static final String SETTING = "node.drained";
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final short VERSION = 1;

    private final ClusterClient cluster;
    private final Admin admin;
    private final int node;

    Draining(ClusterClient cluster, Admin admin, int node) {
        this.cluster = cluster;
        this.admin = admin;
        this.node = node;
    }

    /**
     * Says so in the node's settings. Asks any node: Kafka's own client sends what is about a node to that node, which
     * may be lost.
     */
    void set(boolean drained) {
        AlterableConfig change = new AlterableConfig()
                .setName(SETTING)
                .setConfigOperation((drained ? AlterConfigOp.OpType.SET : AlterConfigOp.OpType.DELETE).id())
                .setValue(drained ? "true" : null);
        AlterConfigsResource resource = new AlterConfigsResource()
                .setResourceType(ConfigResource.Type.BROKER.id())
                .setResourceName(Integer.toString(node));
        resource.configs().add(change);
        IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData();
        request.resources().add(resource);
        Node any = cluster.get(admin.describeCluster().controller());
        if (any == null) {
            throw new CommandFailedException("the metadata quorum has no leader now; try again in a moment");
        }
        try (KafkaConnection connection = new KafkaConnection(any.host(), any.port(), "barnabas-cli", TIMEOUT)) {
            AlterConfigsResourceResponse answer = connection
                    .call(
                            ApiKeys.INCREMENTAL_ALTER_CONFIGS,
                            VERSION,
                            request,
                            IncrementalAlterConfigsResponseData.class)
                    .responses()
                    .getFirst();
            if (answer.errorCode() != Errors.NONE.code()) {
                String told = answer.errorMessage();
                throw new CommandFailedException(
                        told != null ? told : Errors.forCode(answer.errorCode()).message());
            }
        } catch (IOException e) {
            throw new CommandFailedException("node " + any.id() + " gave no answer: " + e.getMessage(), e);
        }
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
