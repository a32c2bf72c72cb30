package io.barnabas.net.kafka.testing;

import io.barnabas.log.PartitionReplica;
import io.barnabas.log.PartitionReplica.Leadership;
import io.barnabas.log.PartitionSpec;
import io.barnabas.metadata.rules.Endpoint;
import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.PartitionInfo;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.BrokerSettings;
import io.barnabas.net.kafka.TopicConfigs;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * A node of a cluster of three: itself has id 1, nodes 2 and 3 are only registered. Runs a fake replica of every
 * partition placed on it and leads it in term 1, at once, also of topics that handlers create.
 */
public final class FakeBroker implements Broker, AutoCloseable {

    /** This node. */
    public static final int ID = 1;

    /** The listener that clients use. */
    public static final String LISTENER = "PLAINTEXT";

    private final FakeQuorum quorum = new FakeQuorum();
    private final FakeGroups groups = new FakeGroups(quorum);
    private final FakeHost host;
    private final BrokerSettings settings;

    /** A broker of common settings, with its files in {@code directory}. */
    public FakeBroker(Path directory) {
        this(directory, settings(Map.of()));
    }

    public FakeBroker(Path directory, BrokerSettings settings) {
        this.settings = settings;
        this.host = new FakeHost(ID, directory);
        quorum.apply(new MetadataCommand.InitCluster("fake-cluster"));
        for (int node = 1; node <= 3; node++) {
            register(node, 9090 + node);
        }
        quorum.subscribe(this::follow);
    }

    /** Settings as a node has them that sets only {@code explicit}. */
    public static BrokerSettings settings(Map<String, String> explicit) {
        return new BrokerSettings(true, 1, 1, 1 << 20, 1 << 24, 3, explicit, explicit, Map.of());
    }

    /** Says where a node is reached. */
    public void register(int node, int port) {
        quorum.apply(new MetadataCommand.RegisterNode(
                "fake-cluster",
                node,
                UUID.randomUUID(),
                List.of(new Endpoint(LISTENER, "127.0.0.1", port)),
                "127.0.0.1:" + (port + 1000),
                "127.0.0.1:" + (port + 2000),
                Optional.of("rack-" + node)));
        quorum.apply(new MetadataCommand.NodeCaughtUp(
                node, quorum.image().node(node).orElseThrow().epoch()));
    }

    /** Creates a topic, every partition of it on this node alone. */
    public TopicInfo createTopic(String name, int partitions) {
        List<List<Integer>> assignments = Collections.nCopies(partitions, List.of(ID));
        quorum.apply(new MetadataCommand.CreateTopic(UUID.randomUUID(), name, partitions, 1, assignments, Map.of()));
        return quorum.image().topic(name).orElseThrow();
    }

    /** Creates a topic of one partition that another node leads. */
    public TopicInfo createTopicElsewhere(String name, int leader) {
        UUID id = UUID.randomUUID();
        quorum.apply(new MetadataCommand.CreateTopic(id, name, 1, 1, List.of(List.of(leader)), Map.of()));
        quorum.apply(new MetadataCommand.LeadersElected(List.of(new MetadataCommand.ElectedLeader(id, 0, leader, 7))));
        return quorum.image().topic(name).orElseThrow();
    }

    private void follow(MetadataImage image) {
        Set<UUID> wanted = new HashSet<>();
        for (TopicInfo topic : image.topics().values()) {
            for (PartitionInfo partition : topic.partitions()) {
                if (partition.replicas().contains(ID)) {
                    UUID group = groupId(topic.id(), partition.partition());
                    wanted.add(group);
                    host.add(new PartitionSpec(
                            group,
                            topic.name(),
                            partition.partition(),
                            List.of(),
                            TopicConfigs.resolve(topic.configs(), settings.effective())));
                }
            }
        }
        host.replicas().stream()
                .map(PartitionReplica::groupId)
                .filter(group -> !wanted.contains(group))
                .forEach(host::remove);
    }

    private static UUID groupId(UUID topicId, int partition) {
        return new UUID(topicId.getMostSignificantBits(), topicId.getLeastSignificantBits() >> 32 << 32 | partition);
    }

    @Override
    public int nodeId() {
        return ID;
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
        return host.replica(groupId(topicId, partition));
    }

    /** The fake replica of a partition that this node runs. */
    public FakeReplica fake(String topic, int partition) {
        return host.fakes().stream()
                .filter(replica -> replica.topic().equals(topic) && replica.partition() == partition)
                .findFirst()
                .orElseThrow();
    }

    @Override
    public Leadership leaderOf(UUID topicId, int partition) {
        return replica(topicId, partition)
                .map(PartitionReplica::leadership)
                .orElseGet(() -> quorum.image()
                        .topic(topicId)
                        .map(TopicInfo::partitions)
                        .filter(known -> partition >= 0 && partition < known.size())
                        .map(known -> known.get(partition))
                        .map(info -> new Leadership(info.leader(), info.leaderEpoch(), false))
                        .orElse(new Leadership(PartitionInfo.NO_LEADER, -1, false)));
    }

    /** The quorum is in this process. */
    @Override
    public boolean isCutOff() {
        return false;
    }

    @Override
    public BrokerSettings settings() {
        return settings;
    }

    @Override
    public void close() {
        groups.close();
        host.close();
        quorum.close();
    }
}
