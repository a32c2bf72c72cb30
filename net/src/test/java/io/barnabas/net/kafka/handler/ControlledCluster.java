package io.barnabas.net.kafka.handler;

import io.barnabas.log.PartitionReplica;
import io.barnabas.log.PartitionReplica.Leadership;
import io.barnabas.metadata.rules.Endpoint;
import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.PartitionInfo;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.BrokerSettings;
import io.barnabas.net.kafka.testing.FakeGroups;
import io.barnabas.net.kafka.testing.FakeHost;
import io.barnabas.net.kafka.testing.FakeQuorum;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.common.config.ConfigDef;

/**
 * A cluster seen from its node 1, which runs no replicas: partitions are led when the test says so, and nodes are
 * fenced by it. Every node has an INTERNAL and an EXTERNAL listener.
 */
final class ControlledCluster implements Broker {

    static final String CLUSTER_ID = "controlled-cluster";

    private static final int NODE_ID = 1;
    private static final Path DIRECTORY =
            Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath();

    private final FakeQuorum quorum = new FakeQuorum();
    private final FakeGroups groups = new FakeGroups(quorum);
    private final FakeHost host = new FakeHost(NODE_ID, DIRECTORY);
    private final BrokerSettings settings;
    private boolean cutOff;

    /** Nodes 1 to {@code nodes}; settings are at their defaults but for the explicit ones. */
    ControlledCluster(int nodes, Map<String, String> explicit) {
        settings = settings(explicit);
        quorum.apply(new MetadataCommand.InitCluster(CLUSTER_ID));
        for (int id = 1; id <= nodes; id++) {
            quorum.apply(new MetadataCommand.RegisterNode(
                    CLUSTER_ID,
                    id,
                    new UUID(7, id),
                    List.of(
                            new Endpoint("INTERNAL", "in" + id, 9000 + id),
                            new Endpoint("EXTERNAL", "out" + id, 19000 + id)),
                    "raft" + id + ":" + (8000 + id),
                    "raft" + id + ":" + (8100 + id),
                    Optional.of("rack" + id)));
            catchUp(id);
        }
    }

    /** Topics have two partitions of two replicas by default. */
    ControlledCluster(int nodes) {
        this(nodes, Map.of("num.partitions", "2", "default.replication.factor", "2"));
    }

    private static BrokerSettings settings(Map<String, String> explicit) {
        Map<String, BrokerSettings.Key> keys = Map.of(
                "node.id", key(ConfigDef.Type.INT, null),
                "broker.rack", key(ConfigDef.Type.STRING, null),
                "auto.create.topics.enable", key(ConfigDef.Type.BOOLEAN, "true"),
                "num.partitions", key(ConfigDef.Type.INT, "1"),
                "default.replication.factor", key(ConfigDef.Type.INT, "1"),
                "log.segment.bytes", key(ConfigDef.Type.INT, "1073741824"),
                "log.roll.ms", key(ConfigDef.Type.LONG, null));
        Map<String, String> effective = new HashMap<>(Map.of("node.id", Integer.toString(NODE_ID)));
        keys.forEach((name, key) -> key.defaultValue().ifPresent(value -> effective.put(name, value)));
        effective.putAll(explicit);
        return new BrokerSettings(
                Boolean.parseBoolean(effective.get("auto.create.topics.enable")),
                Integer.parseInt(effective.get("num.partitions")),
                Integer.parseInt(effective.get("default.replication.factor")),
                1 << 20,
                1 << 20,
                10,
                Map.copyOf(effective),
                Map.copyOf(explicit),
                keys);
    }

    private static BrokerSettings.Key key(ConfigDef.Type type, String value) {
        return new BrokerSettings.Key(type, Optional.ofNullable(value), "What it does.");
    }

    /** Creates a topic whose partitions have no leaders yet. */
    TopicInfo leaderlessTopic(String name, int partitions, int replicationFactor) {
        quorum.apply(new MetadataCommand.CreateTopic(
                UUID.randomUUID(), name, partitions, replicationFactor, List.of(), Map.of()));
        return topic(name);
    }

    /** Creates a topic that is led by the first replica of each partition. */
    TopicInfo ledTopic(String name, int partitions, int replicationFactor) {
        leaderlessTopic(name, partitions, replicationFactor);
        electAll();
        return topic(name);
    }

    /** Gives every partition without a leader its first replica as one, in term 1. */
    void electAll() {
        List<MetadataCommand.ElectedLeader> elected = image().topics().values().stream()
                .flatMap(topic -> topic.partitions().stream()
                        .filter(partition -> partition.leader() == PartitionInfo.NO_LEADER)
                        .map(partition -> new MetadataCommand.ElectedLeader(
                                topic.id(),
                                partition.partition(),
                                partition.replicas().getFirst(),
                                1)))
                .toList();
        quorum.apply(new MetadataCommand.LeadersElected(elected));
    }

    /** From now on a node's replicas have all that is committed. */
    void catchUp(int node) {
        quorum.apply(new MetadataCommand.NodeCaughtUp(
                node, image().node(node).orElseThrow().epoch()));
    }

    void fence(int node) {
        quorum.apply(new MetadataCommand.FenceNode(
                node, image().node(node).orElseThrow().epoch()));
    }

    void unfence(int node) {
        quorum.apply(new MetadataCommand.UnfenceNode(
                node, image().node(node).orElseThrow().epoch()));
    }

    MetadataImage image() {
        return quorum.image();
    }

    TopicInfo topic(String name) {
        return image().topic(name).orElseThrow();
    }

    @Override
    public int nodeId() {
        return NODE_ID;
    }

    @Override
    public FakeQuorum quorum() {
        return quorum;
    }

    @Override
    public FakeGroups groups() {
        return groups;
    }

    @Override
    public FakeHost partitions() {
        return host;
    }

    @Override
    public Optional<PartitionReplica> replica(UUID topicId, int partition) {
        return Optional.empty();
    }

    @Override
    public Leadership leaderOf(UUID topicId, int partition) {
        return image().topic(topicId)
                .map(topic -> topic.partitions().get(partition))
                .map(known -> new Leadership(known.leader(), known.leaderEpoch(), false))
                .orElse(new Leadership(PartitionInfo.NO_LEADER, -1, false));
    }

    @Override
    public boolean isCutOff() {
        return cutOff;
    }

    /** Node 1 hears no other any more. */
    void cutOff() {
        cutOff = true;
    }

    @Override
    public BrokerSettings settings() {
        return settings;
    }
}
