package io.barnabas.cli;

import io.barnabas.net.client.KafkaConnection;
import io.barnabas.net.client.ReplicaChoice;
import io.barnabas.net.client.ReplicaCondition;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Scanner;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitions;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitionsCollection;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Brings back a partition that lost its majority. */
@Command(
        name = "recover",
        description = {
            "Bring back a partition that has lost the majority of its replicas for good, from one replica alone.",
            "Acknowledged records that the others had and this one has not are LOST, and so is what the others still"
                    + " hold: their replicas are deleted when they come back. Refused while a majority is live."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  barnabas partition recover orders:0 --node 3"})
final class PartitionRecoverCommand implements Runnable {

    private static final int TIMEOUT_MS = 20_000;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterClient cluster;

    @Parameters(paramLabel = "TOPIC:P", converter = PartitionRef.Converter.class, description = "The partition.")
    private PartitionRef partition;

    @Option(names = "--node", paramLabel = "N", required = true, description = "The node whose replica goes on.")
    private int node;

    @Option(names = "--yes", description = "Do not ask.")
    private boolean yes;

    @Override
    public void run() {
        int number = partition
                .partition()
                .orElseThrow(() ->
                        new ParameterException(spec.commandLine(), "say which partition: " + partition.topic() + ":P"));
        PrintWriter out = spec.commandLine().getOut();
        try (Admin admin = cluster.admin()) {
            Map<Integer, Node> live = cluster.get(admin.describeCluster().nodes()).stream()
                    .collect(Collectors.toMap(Node::id, Function.identity()));
            TopicPartitionInfo info = cluster
                    .get(admin.describeTopics(List.of(partition.topic()))
                            .topicNameValues()
                            .get(partition.topic()))
                    .partitions()
                    .stream()
                    .filter(known -> known.partition() == number)
                    .findFirst()
                    .orElseThrow(() -> new CommandFailedException("there is no partition " + name()));
            Map<Integer, ReplicaCondition> conditions = conditions(info, number, live);
            requireWell(info, conditions, live);
            warn(out, info, conditions, live);
            if (!yes) {
                confirm(out);
            }
            elect(live.get(node), number);
            out.println(name() + " is led by node " + node + ", its only replica now; 'barnabas partition move "
                    + name() + " --to ...' gives it more");
        }
    }

    private String name() {
        return partition.topic() + ":" + partition.partition().orElseThrow();
    }

    private Map<Integer, ReplicaCondition> conditions(TopicPartitionInfo info, int number, Map<Integer, Node> live) {
        Map<Integer, ReplicaCondition> conditions = new LinkedHashMap<>();
        for (Node replica : info.replicas()) {
            Node answering = live.get(replica.id());
            ReplicaCondition condition = answering == null
                    ? null
                    : ReplicaConditions.of(partition.topic(), List.of(number), answering)
                            .get(number);
            if (condition != null) {
                conditions.put(replica.id(), condition);
            }
        }
        return conditions;
    }

    private void requireWell(
            TopicPartitionInfo info, Map<Integer, ReplicaCondition> conditions, Map<Integer, Node> live) {
        if (info.replicas().stream().noneMatch(replica -> replica.id() == node)) {
            throw new CommandFailedException("node " + node + " has no replica of " + name() + "; they are on nodes "
                    + info.replicas().stream().map(Node::idString).collect(Collectors.joining(", ")));
        }
        ReplicaCondition own = conditions.get(node);
        if (own == null) {
            throw new CommandFailedException(
                    live.containsKey(node) ? "node " + node + " does not answer" : "node " + node + " is not live");
        }
        own.failure().ifPresent(reason -> {
            throw new CommandFailedException("the replica of node " + node + " has failed: " + reason);
        });
    }

    private void warn(
            PrintWriter out,
            TopicPartitionInfo info,
            Map<Integer, ReplicaCondition> conditions,
            Map<Integer, Node> live) {
        List<String> missing = new ArrayList<>();
        for (Node replica : info.replicas()) {
            ReplicaCondition condition = conditions.get(replica.id());
            if (condition == null) {
                missing.add(replica.idString());
            }
            out.println("node " + replica.id() + ": " + describe(condition, live.containsKey(replica.id())));
        }
        out.println("Records that were acknowledged and are not on node " + node + " will be LOST for good"
                + (missing.isEmpty() ? "." : "; what nodes " + String.join(", ", missing) + " had cannot be known."));
        conditions.entrySet().stream()
                .filter(other -> other.getValue().end().isPresent())
                .max(Map.Entry.comparingByValue(
                        Comparator.comparing(condition -> condition.end().orElseThrow())))
                .filter(longest -> longest.getKey() != node
                        && conditions
                                .get(node)
                                .end()
                                .filter(end ->
                                        end.compareTo(longest.getValue().end().orElseThrow()) >= 0)
                                .isEmpty())
                .ifPresent(longest -> out.println(
                        "Node " + longest.getKey() + " holds more than node " + node + ": choose it instead."));
        out.flush();
    }

    private static String describe(ReplicaCondition condition, boolean live) {
        if (condition == null) {
            return live ? "does not answer" : "not live";
        }
        return condition
                .failure()
                .map(reason -> "failed: " + reason)
                .or(() -> condition.end().map(end -> "ends at offset " + end.offset() + " in epoch " + end.epoch()))
                .orElse("holds nothing");
    }

    private void confirm(PrintWriter out) {
        out.print("Type the partition's name, " + name() + ", to go on: ");
        out.flush();
        Scanner in = new Scanner(System.in, System.getProperty("stdin.encoding", "UTF-8"));
        if (!in.hasNextLine() || !in.nextLine().strip().equals(name())) {
            throw new CommandFailedException("nothing was changed");
        }
    }

    private void elect(Node any, int number) {
        ElectLeadersRequestData request = new ElectLeadersRequestData()
                .setElectionType(ElectionType.UNCLEAN.value)
                .setTimeoutMs(TIMEOUT_MS)
                .setTopicPartitions(new TopicPartitionsCollection(List.of(new TopicPartitions()
                                .setTopic(partition.topic())
                                .setPartitions(List.of(number)))
                        .iterator()));
        ReplicaChoice.add(request, node);
        try (KafkaConnection connection =
                new KafkaConnection(any.host(), any.port(), "barnabas-cli", Duration.ofMillis(2L * TIMEOUT_MS))) {
            ElectLeadersResponseData response = connection.call(
                    ApiKeys.ELECT_LEADERS, ReplicaChoice.FIRST_VERSION, request, ElectLeadersResponseData.class);
            ElectLeadersResponseData.PartitionResult result = response.replicaElectionResults()
                    .getFirst()
                    .partitionResult()
                    .getFirst();
            if (Errors.forCode(result.errorCode()) != Errors.NONE) {
                throw new CommandFailedException(result.errorMessage());
            }
        } catch (IOException e) {
            throw new CommandFailedException(
                    "node " + node + " did not answer; whether " + name()
                            + " is brought back shows 'barnabas partition describe " + name() + "'",
                    e);
        }
    }
}
