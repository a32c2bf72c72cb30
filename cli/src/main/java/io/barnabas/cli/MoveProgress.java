package io.barnabas.cli;

import io.barnabas.net.client.ReplicaCondition;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.PartitionReassignment;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;

/** Watches partitions that move to other nodes, and says what changes until all have arrived. */
final class MoveProgress {

    private static final long POLL_MS = 500;

    private final ClusterClient cluster;
    private final Admin admin;
    private final PrintWriter out;
    private final Map<TopicPartition, String> said = new HashMap<>();

    MoveProgress(ClusterClient cluster, Admin admin, PrintWriter out) {
        this.cluster = cluster;
        this.admin = admin;
        this.out = out;
    }

    /** Returns when none of the partitions moves any more. */
    void await(Collection<TopicPartition> partitions) {
        Set<TopicPartition> moving = new HashSet<>(partitions);
        while (!moving.isEmpty()) {
            Map<TopicPartition, PartitionReassignment> ongoing =
                    cluster.get(admin.listPartitionReassignments(moving).reassignments());
            Set<TopicPartition> arrived = new HashSet<>(moving);
            arrived.removeAll(ongoing.keySet());
            moving.retainAll(ongoing.keySet());
            arrived.forEach(this::arrived);
            if (!moving.isEmpty()) {
                describe(ongoing);
                pause();
            }
        }
    }

    private void arrived(TopicPartition partition) {
        String replicas = cluster
                .get(admin.describeTopics(List.of(partition.topic()))
                        .topicNameValues()
                        .get(partition.topic()))
                .partitions()
                .get(partition.partition())
                .replicas()
                .stream()
                .map(Node::idString)
                .collect(Collectors.joining(","));
        say(partition, "has the replicas " + replicas);
    }

    private void describe(Map<TopicPartition, PartitionReassignment> ongoing) {
        Map<Integer, Node> nodes = cluster.get(admin.describeCluster().nodes()).stream()
                .collect(Collectors.toMap(Node::id, Function.identity()));
        ongoing.forEach((partition, move) -> {
            String steps = move.addingReplicas().stream()
                    .map(id -> "node " + id + " " + state(partition, nodes.get(id)))
                    .collect(Collectors.joining(", "));
            say(partition, steps.isEmpty() ? "nodes " + move.removingReplicas() + " leave" : steps);
        });
    }

    private static String state(TopicPartition partition, Node node) {
        if (node == null) {
            return "is not live";
        }
        ReplicaCondition condition = ReplicaConditions.of(partition.topic(), List.of(partition.partition()), node)
                .get(partition.partition());
        if (condition == null) {
            return "begins";
        }
        return condition
                .failure()
                .map(reason -> "failed: " + reason)
                .or(() -> condition
                        .copy()
                        .filter(copy -> copy.targetOffset() > copy.fromOffset())
                        .map(copy -> "copies, at offset " + copy.offset() + " of " + copy.targetOffset()))
                .orElse("joins");
    }

    private void say(TopicPartition partition, String what) {
        if (!what.equals(said.put(partition, what))) {
            out.println(partition.topic() + ":" + partition.partition() + " " + what);
            out.flush();
        }
    }

    /** Until it is time to look again. */
    static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException("interrupted; what was begun goes on", e);
        }
    }
}
