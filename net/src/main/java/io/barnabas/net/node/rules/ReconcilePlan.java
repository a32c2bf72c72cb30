package io.barnabas.net.node.rules;

import io.barnabas.log.LogConfig;
import io.barnabas.log.PartitionSpec;
import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.PartitionInfo;
import io.barnabas.metadata.rules.Reassignment;
import io.barnabas.metadata.rules.TopicInfo;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a node must do so that it runs just the replicas that the metadata gives it.
 *
 * @param actions in the order to take them, one for a group at most
 */
public record ReconcilePlan(List<Action> actions) {

    /** One step. */
    public sealed interface Action {

        /** The Raft group concerned. */
        UUID groupId();

        /**
         * Runs a replica that is not running, or was opened from disk and does not know its settings yet.
         *
         * @param newborn whether this process is the first to run it: an earlier one of this node never had it, so that
         *     it has voted for nobody and lost nothing
         */
        record Add(PartitionSpec spec, boolean newborn) implements Action {
            @Override
            public UUID groupId() {
                return spec.groupId();
            }
        }

        /**
         * Runs a replica, alone, with the files of the group that it was a member of until that lost its majority.
         *
         * @param from the group of before
         * @param epoch the last leader epoch known to have been; those of the new group are above it
         */
        record Recover(PartitionSpec spec, UUID from, int epoch) implements Action {
            @Override
            public UUID groupId() {
                return spec.groupId();
            }
        }

        /** Gives a running replica new settings. */
        record Configure(PartitionSpec spec) implements Action {
            @Override
            public UUID groupId() {
                return spec.groupId();
            }
        }

        /** Stops a replica that the metadata does not give to this node, and deletes its files. */
        record Remove(UUID groupId) implements Action {}
    }

    /**
     * What this node runs.
     *
     * @param running groups that have a replica here, whether opened from disk or added
     * @param configured what each replica was last told; a replica opened from disk is missing until it was told
     * @param inherited what the node had {@link #groups to run} when this process began
     */
    public record Local(Set<UUID> running, Map<UUID, PartitionSpec> configured, Set<UUID> inherited) {}

    public ReconcilePlan {
        actions = List.copyOf(actions);
    }

    /** The groups that the node is to run, once the image shows the registration of this very process. */
    public static Optional<Set<UUID>> groups(MetadataImage image, int nodeId, UUID incarnation) {
        return isCurrent(image, nodeId, incarnation)
                ? Optional.of(image.topics().values().stream()
                        .flatMap(topic -> topic.partitions().stream()
                                .filter(partition -> partition.replicas().contains(nodeId))
                                .map(partition -> GroupIds.of(topic.id(), partition)))
                        .collect(Collectors.toUnmodifiableSet()))
                : Optional.empty();
    }

    private static boolean isCurrent(MetadataImage image, int nodeId, UUID incarnation) {
        return image.node(nodeId)
                .filter(node -> node.incarnation().equals(incarnation))
                .isPresent();
    }

    /**
     * Compares. Nothing is planned before the image shows the registration of this very process: until then the image
     * may be an old one, to which replicas made later are unknown, and deleting them would lose data.
     *
     * @param incarnation what this process registered with
     * @param configs a topic's log settings
     */
    public static ReconcilePlan of(
            MetadataImage image, int nodeId, UUID incarnation, Local local, Function<TopicInfo, LogConfig> configs) {
        if (!isCurrent(image, nodeId, incarnation)) {
            return new ReconcilePlan(List.of());
        }
        Map<UUID, Wanted> wanted = wanted(image, nodeId, configs);
        List<Action> actions = new ArrayList<>();
        Set<UUID> kept = new HashSet<>(wanted.keySet());
        wanted.forEach((groupId, replica) -> {
            if (!local.running().contains(groupId)) {
                replica.recovers().ifPresent(recover -> kept.add(recover.from()));
            }
        });
        Set<UUID> present = new HashSet<>(local.running());
        present.addAll(local.configured().keySet());
        for (UUID groupId : present) {
            if (!kept.contains(groupId)) {
                actions.add(new Action.Remove(groupId));
            }
        }
        wanted.forEach((groupId, replica) -> replica.spec().ifPresent(spec -> {
            PartitionSpec told = local.configured().get(groupId);
            boolean running = local.running().contains(groupId);
            if (!running && replica.recovers().isPresent()) {
                actions.add(replica.recovers().get());
            } else if (told == null || !running) {
                boolean newborn = told == null
                        && !running
                        && !spec.joining()
                        && !local.inherited().contains(groupId);
                actions.add(new Action.Add(spec, newborn));
            } else if (!told.equals(spec)) {
                actions.add(new Action.Configure(spec));
            }
        }));
        return new ReconcilePlan(actions);
    }

    /**
     * A replica that this node shall run.
     *
     * @param spec empty while the address of one of the others is not known
     * @param recovers when it goes on alone with files that it has
     */
    private record Wanted(Optional<PartitionSpec> spec, Optional<Action.Recover> recovers) {}

    private static Map<UUID, Wanted> wanted(MetadataImage image, int nodeId, Function<TopicInfo, LogConfig> configs) {
        Map<UUID, Wanted> wanted = new LinkedHashMap<>();
        for (TopicInfo topic : image.topics().values()) {
            List<PartitionInfo> own = topic.partitions().stream()
                    .filter(partition -> partition.replicas().contains(nodeId))
                    .toList();
            if (own.isEmpty()) {
                continue;
            }
            LogConfig config = configs.apply(topic);
            for (PartitionInfo partition : own) {
                UUID groupId = GroupIds.of(topic.id(), partition);
                Optional<PartitionSpec> spec = spec(image, nodeId, topic, partition, config);
                Optional<Action.Recover> recovers = spec.filter(known -> partition
                                .recovery()
                                .filter(recovery -> recovery.node() == nodeId)
                                .isPresent())
                        .map(known -> new Action.Recover(
                                known,
                                GroupIds.of(topic.id(), partition.partition(), partition.generation() - 1),
                                partition.leaderEpoch()));
                wanted.put(groupId, new Wanted(spec, recovers));
            }
        }
        return wanted;
    }

    private static Optional<PartitionSpec> spec(
            MetadataImage image, int nodeId, TopicInfo topic, PartitionInfo partition, LogConfig config) {
        boolean joining = partition
                .reassignment()
                .filter(change -> !change.original().contains(nodeId))
                .isPresent();
        return peers(image, partition, joining)
                .map(peers -> new PartitionSpec(
                        GroupIds.of(topic.id(), partition),
                        topic.name(),
                        partition.partition(),
                        peers,
                        config,
                        joining));
    }

    /** A group begins with the replicas of before a reassignment; one that joins may find it with any of all. */
    private static Optional<List<PartitionSpec.Peer>> peers(
            MetadataImage image, PartitionInfo partition, boolean joining) {
        List<Integer> replicas = partition
                .reassignment()
                .filter(change -> !joining)
                .map(Reassignment::original)
                .orElse(partition.replicas());
        List<PartitionSpec.Peer> peers = new ArrayList<>();
        for (int replica : replicas) {
            image.node(replica).ifPresent(node -> peers.add(new PartitionSpec.Peer(replica, node.partitionAddress())));
        }
        return peers.size() == replicas.size() ? Optional.of(List.copyOf(peers)) : Optional.empty();
    }
}
