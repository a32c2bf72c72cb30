package io.barnabas.metadata.rules;

import io.barnabas.metadata.rules.group.GroupShards;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** What each command does to an image. */
public final class MetadataRules {

    /** More partitions than this in one topic are taken for a slip of the finger. */
    private static final int MAX_PARTITIONS = 100_000;

    private MetadataRules() {}

    /**
     * Applies a command.
     *
     * @param index the command's Raft index; the index of the next image
     */
    public static Outcome apply(MetadataImage image, MetadataCommand command, long index) {
        Outcome outcome = switch (command) {
            case MetadataCommand.InitCluster init -> initCluster(image, init);
            case MetadataCommand.RegisterNode register -> registerNode(image, register, index);
            case MetadataCommand.FenceNode fence -> setFenced(image, fence.nodeId(), fence.epoch(), true, index);
            case MetadataCommand.UnfenceNode unfence ->
                setFenced(image, unfence.nodeId(), unfence.epoch(), false, index);
            case MetadataCommand.NodeCaughtUp caughtUp -> caughtUp(image, caughtUp);
            case MetadataCommand.UnregisterNode unregister -> unregisterNode(image, unregister, index);
            case MetadataCommand.CreateTopic create -> createTopic(image, create);
            case MetadataCommand.CreatePartitions create -> createPartitions(image, create);
            case MetadataCommand.DeleteTopic delete -> deleteTopic(image, delete);
            case MetadataCommand.AlterConfigs alter -> alterConfigs(image, alter);
            case MetadataCommand.LeadersElected elected -> leadersElected(image, elected);
            case MetadataCommand.AllocateProducerIds allocate -> allocateProducerIds(image, allocate);
            case MetadataCommand.ReassignPartition reassign -> ReassignmentRules.reassign(image, reassign, index);
            case MetadataCommand.CancelReassignment cancel -> ReassignmentRules.cancel(image, cancel, index);
            case MetadataCommand.RecoverPartition recover -> ReassignmentRules.recover(image, recover);
            case MetadataCommand.ReassignmentsFinished finished -> ReassignmentRules.finished(image, finished);
            case MetadataCommand.RenewCoordinators renew -> renewCoordinators(image, renew, index);
            case MetadataCommand.AppendGroupRecords append -> appendGroupRecords(image, append);
        };
        return switch (outcome) {
            // Commits come by the hundred a second, and nobody who watches the image is to be woken by them.
            case Outcome.Changed changed when changed.reply() instanceof CommandReply.GroupRecordsAppended -> changed;
            case Outcome.Changed changed -> new Outcome.Changed(changed.image().withIndex(index), changed.reply());
            case Outcome.Refused refused -> refused;
        };
    }

    private static Outcome done(MetadataImage image) {
        return new Outcome.Changed(image, new CommandReply.Done());
    }

    private static Outcome refuse(Refusal reason, String message) {
        return new Outcome.Refused(reason, message);
    }

    private static Outcome initCluster(MetadataImage image, MetadataCommand.InitCluster init) {
        if (init.clusterId().isBlank()) {
            return refuse(Refusal.INVALID_REQUEST, "a cluster id cannot be empty");
        }
        if (!image.clusterId().isEmpty() && !image.clusterId().equals(init.clusterId())) {
            return refuse(
                    Refusal.INCONSISTENT_CLUSTER_ID,
                    "the quorum belongs to cluster " + image.clusterId() + ", not to " + init.clusterId());
        }
        return done(image.withClusterId(init.clusterId()));
    }

    private static Outcome registerNode(MetadataImage image, MetadataCommand.RegisterNode register, long index) {
        if (!register.clusterId().equals(image.clusterId())) {
            return refuse(
                    Refusal.INCONSISTENT_CLUSTER_ID,
                    "node " + register.nodeId() + " belongs to cluster " + register.clusterId() + ", the quorum to "
                            + image.clusterId());
        }
        Optional<NodeInfo> known = image.node(register.nodeId());
        if (known.isPresent() && known.get().incarnation().equals(register.incarnation())) {
            // The same process asks again because the first answer was lost.
            NodeInfo unfenced = known.get().withFenced(false);
            return new Outcome.Changed(
                    placed(image.withNode(unfenced), index), new CommandReply.NodeEpoch(unfenced.epoch()));
        }
        NodeInfo node = new NodeInfo(
                register.nodeId(),
                register.incarnation(),
                index,
                register.listeners(),
                register.metadataAddress(),
                register.partitionAddress(),
                register.rack(),
                false,
                false);
        // What the node's former process proposed must not count as this one's.
        MetadataImage renewed = image.withCoordinators(
                CoordinatorPlacement.renew(image.coordinators(), register.nodeId(), shard -> true, index));
        return new Outcome.Changed(placed(renewed.withNode(node), index), new CommandReply.NodeEpoch(index));
    }

    private static MetadataImage placed(MetadataImage image, long index) {
        return image.withCoordinators(CoordinatorPlacement.place(image.nodes().values(), image.coordinators(), index));
    }

    private static Outcome setFenced(MetadataImage image, int nodeId, long epoch, boolean fenced, long index) {
        return known(image, nodeId, epoch)
                .orElseGet(() ->
                        done(placed(image.withNode(image.nodes().get(nodeId).withFenced(fenced)), index)));
    }

    private static Outcome caughtUp(MetadataImage image, MetadataCommand.NodeCaughtUp caughtUp) {
        int id = caughtUp.nodeId();
        return known(image, id, caughtUp.epoch())
                .orElseGet(() -> done(image.withNode(image.nodes().get(id).withCaughtUp())));
    }

    /** The refusal when that is not the node as registered. */
    private static Optional<Outcome> known(MetadataImage image, int nodeId, long epoch) {
        Optional<NodeInfo> node = image.node(nodeId);
        if (node.isEmpty()) {
            return Optional.of(refuse(Refusal.UNKNOWN_NODE, "node " + nodeId + " is not registered"));
        }
        if (node.get().epoch() != epoch) {
            return Optional.of(refuse(
                    Refusal.STALE_NODE_EPOCH,
                    "node " + nodeId + " has epoch " + node.get().epoch() + ", not " + epoch));
        }
        return Optional.empty();
    }

    private static Outcome unregisterNode(MetadataImage image, MetadataCommand.UnregisterNode unregister, long index) {
        int id = unregister.nodeId();
        if (image.node(id).isEmpty()) {
            return refuse(Refusal.UNKNOWN_NODE, "node " + id + " is not registered");
        }
        for (TopicInfo topic : image.topics().values()) {
            for (PartitionInfo partition : topic.partitions()) {
                if (partition.replicas().contains(id)) {
                    return refuse(
                            Refusal.NODE_IN_USE,
                            "node " + id + " holds a replica of " + topic.name() + "-" + partition.partition()
                                    + "; move its partitions first");
                }
            }
        }
        return done(placed(image.withoutNode(id).withConfigs(new ConfigResource.Node(id), Map.of()), index));
    }

    private static Outcome createTopic(MetadataImage image, MetadataCommand.CreateTopic create) {
        Optional<String> flaw = TopicNames.flaw(create.name());
        if (flaw.isPresent()) {
            return refuse(Refusal.INVALID_TOPIC_NAME, flaw.get());
        }
        if (image.topic(create.name()).isPresent()
                || image.topic(create.topicId()).isPresent()) {
            return refuse(Refusal.TOPIC_ALREADY_EXISTS, "topic '" + create.name() + "' exists already");
        }
        Optional<String> twin = image.topics().keySet().stream()
                .filter(other -> TopicNames.collide(other, create.name()))
                .findFirst();
        if (twin.isPresent()) {
            return refuse(
                    Refusal.INVALID_TOPIC_NAME,
                    "topic '" + create.name() + "' collides with the existing topic '" + twin.get() + "'");
        }
        Replicas replicas = create.assignments().isEmpty()
                ? placed(image, List.of(), create.partitions(), create.replicationFactor(), create.topicId())
                : assigned(image, create.assignments());
        return switch (replicas) {
            case Replicas.Flawed flawed -> refuse(flawed.reason(), flawed.message());
            case Replicas.Chosen chosen -> {
                TopicInfo topic = new TopicInfo(
                        create.topicId(), create.name(), partitions(0, chosen.lists()), Map.copyOf(create.configs()));
                yield new Outcome.Changed(image.withTopic(topic), new CommandReply.TopicCreated(topic));
            }
        };
    }

    private sealed interface Replicas {
        record Chosen(List<List<Integer>> lists) implements Replicas {}

        record Flawed(Refusal reason, String message) implements Replicas {}
    }

    /** Places partitions up to {@code total}, beside those that the topic has. */
    private static Replicas placed(
            MetadataImage image, List<PartitionInfo> present, int total, int replicationFactor, UUID seed) {
        if (total < 1 || total > MAX_PARTITIONS) {
            return tooMany(total);
        }
        List<NodeInfo> live =
                image.nodes().values().stream().filter(node -> !node.fenced()).toList();
        if (replicationFactor < 1) {
            return new Replicas.Flawed(Refusal.INVALID_REPLICATION_FACTOR, "the replication factor must be at least 1");
        }
        if (replicationFactor > live.size()) {
            return new Replicas.Flawed(
                    Refusal.INVALID_REPLICATION_FACTOR,
                    "replication factor " + replicationFactor + " needs as many live nodes, but only " + live.size()
                            + " of " + image.nodes().size() + " registered nodes are live");
        }
        List<NodeInfo> open = live.stream()
                .filter(node -> !NodeOverrides.isDrained(image, node.id()))
                .toList();
        return new Replicas.Chosen(Placement.place(
                open.size() < replicationFactor ? live : open,
                present.stream().map(PartitionInfo::wanted).toList(),
                total - present.size(),
                replicationFactor,
                seed.getMostSignificantBits() ^ seed.getLeastSignificantBits()));
    }

    private static Replicas tooMany(int partitions) {
        return new Replicas.Flawed(
                Refusal.INVALID_PARTITIONS, "a topic has 1 to " + MAX_PARTITIONS + " partitions, not " + partitions);
    }

    private static Replicas assigned(MetadataImage image, List<List<Integer>> lists) {
        if (lists.size() > MAX_PARTITIONS) {
            return tooMany(lists.size());
        }
        int replicationFactor = lists.getFirst().size();
        for (List<Integer> replicas : lists) {
            if (replicas.isEmpty() || new HashSet<>(replicas).size() != replicas.size()) {
                return new Replicas.Flawed(
                        Refusal.INVALID_REPLICA_ASSIGNMENT, "replicas " + replicas + " are empty or name a node twice");
            }
            if (replicas.size() != replicationFactor) {
                return new Replicas.Flawed(
                        Refusal.INVALID_REPLICA_ASSIGNMENT, "all partitions must have the same number of replicas");
            }
            for (int node : replicas) {
                if (image.node(node).isEmpty()) {
                    return new Replicas.Flawed(
                            Refusal.INVALID_REPLICA_ASSIGNMENT, "node " + node + " is not registered");
                }
            }
        }
        return new Replicas.Chosen(lists);
    }

    private static List<PartitionInfo> partitions(int first, List<List<Integer>> lists) {
        List<PartitionInfo> partitions = new ArrayList<>(lists.size());
        for (List<Integer> replicas : lists) {
            partitions.add(new PartitionInfo(first + partitions.size(), replicas, PartitionInfo.NO_LEADER, -1));
        }
        return partitions;
    }

    private static Outcome createPartitions(MetadataImage image, MetadataCommand.CreatePartitions create) {
        Optional<TopicInfo> found = image.topic(create.topic());
        if (found.isEmpty()) {
            return refuse(Refusal.UNKNOWN_TOPIC, "topic '" + create.topic() + "' does not exist");
        }
        TopicInfo topic = found.get();
        int present = topic.partitions().size();
        if (create.total() <= present) {
            return refuse(
                    Refusal.INVALID_PARTITIONS,
                    "topic '" + topic.name() + "' has " + present + " partitions; it can only grow, not to "
                            + create.total());
        }
        int more = create.total() - present;
        int replicationFactor = topic.partitions().getFirst().wanted().size();
        if (!create.assignments().isEmpty()
                && (create.assignments().size() != more
                        || create.assignments().getFirst().size() != replicationFactor)) {
            return refuse(
                    Refusal.INVALID_REPLICA_ASSIGNMENT,
                    "assign exactly the " + more + " new partitions, with " + replicationFactor + " replicas each");
        }
        Replicas replicas = create.assignments().isEmpty()
                ? placed(image, topic.partitions(), create.total(), replicationFactor, topic.id())
                : assigned(image, create.assignments());
        return switch (replicas) {
            case Replicas.Flawed flawed -> refuse(flawed.reason(), flawed.message());
            case Replicas.Chosen chosen -> {
                List<PartitionInfo> all = new ArrayList<>(topic.partitions());
                all.addAll(partitions(present, chosen.lists()));
                yield done(image.withTopic(new TopicInfo(topic.id(), topic.name(), all, topic.configs())));
            }
        };
    }

    private static Outcome deleteTopic(MetadataImage image, MetadataCommand.DeleteTopic delete) {
        return image.topic(delete.topicId())
                .map(topic -> done(image.withoutTopic(topic)))
                .orElseGet(() -> refuse(Refusal.UNKNOWN_TOPIC, "no topic has the id " + delete.topicId()));
    }

    private static Outcome alterConfigs(MetadataImage image, MetadataCommand.AlterConfigs alter) {
        return switch (alter.resource()) {
            case ConfigResource.Topic(String name) ->
                image.topic(name)
                        .map(topic -> done(image.withTopic(
                                new TopicInfo(topic.id(), name, topic.partitions(), altered(topic.configs(), alter)))))
                        .orElseGet(() -> refuse(Refusal.UNKNOWN_TOPIC, "topic '" + name + "' does not exist"));
            case ConfigResource.Node node -> done(alterNodeConfigs(image, alter));
            case ConfigResource.AllNodes all -> done(alterNodeConfigs(image, alter));
        };
    }

    private static MetadataImage alterNodeConfigs(MetadataImage image, MetadataCommand.AlterConfigs alter) {
        Map<String, String> present = image.configs().getOrDefault(alter.resource(), Map.of());
        return image.withConfigs(alter.resource(), altered(present, alter));
    }

    private static Map<String, String> altered(Map<String, String> present, MetadataCommand.AlterConfigs alter) {
        Map<String, String> configs = new HashMap<>(present);
        alter.unset().forEach(configs::remove);
        configs.putAll(alter.set());
        return Map.copyOf(configs);
    }

    private static Outcome leadersElected(MetadataImage image, MetadataCommand.LeadersElected elected) {
        MetadataImage next = image;
        for (MetadataCommand.ElectedLeader report : elected.leaders()) {
            Optional<TopicInfo> topic = next.topic(report.topicId());
            if (topic.isEmpty()
                    || report.partition() < 0
                    || report.partition() >= topic.get().partitions().size()) {
                continue;
            }
            PartitionInfo known = topic.get().partitions().get(report.partition());
            boolean givenUp = known.recovery().isPresent() && !known.replicas().contains(report.leader());
            if (report.leaderEpoch() > known.leaderEpoch() && !givenUp) {
                next = next.withTopic(
                        topic.get().withPartition(known.withLeader(report.leader(), report.leaderEpoch())));
            }
        }
        return done(next);
    }

    private static Outcome allocateProducerIds(MetadataImage image, MetadataCommand.AllocateProducerIds allocate) {
        if (allocate.count() < 1) {
            return refuse(Refusal.INVALID_REQUEST, "a block of producer ids has at least one");
        }
        long first = image.nextProducerId();
        return new Outcome.Changed(
                image.withNextProducerId(first + allocate.count()),
                new CommandReply.ProducerIds(first, allocate.count()));
    }

    private static Outcome renewCoordinators(MetadataImage image, MetadataCommand.RenewCoordinators renew, long index) {
        return known(image, renew.nodeId(), renew.nodeEpoch())
                .orElseGet(() -> done(image.withCoordinators(CoordinatorPlacement.renew(
                        image.coordinators(), renew.nodeId(), renew.shards()::contains, index))));
    }

    private static Outcome appendGroupRecords(MetadataImage image, MetadataCommand.AppendGroupRecords append) {
        List<Integer> refused = new ArrayList<>();
        for (MetadataCommand.ShardRecords records : append.shards()) {
            int shard = records.shard();
            if (shard < 0
                    || shard >= GroupShards.COUNT
                    || image.coordinators().get(shard).epoch() != records.epoch()) {
                refused.add(shard);
            }
        }
        return new Outcome.Changed(image, new CommandReply.GroupRecordsAppended(List.copyOf(refused)));
    }
}
