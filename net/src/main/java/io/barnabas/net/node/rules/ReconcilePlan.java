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

        /** Runs a replica that is not running, or was opened from disk and does not know its settings yet. */
        record Add(PartitionSpec spec) implements Action {
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
     */
    public record Local(Set<UUID> running, Map<UUID, PartitionSpec> configured) {}

    public ReconcilePlan {
        actions = List.copyOf(actions);
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
        boolean current = image.node(nodeId)
                .filter(node -> node.incarnation().equals(incarnation))
                .isPresent();
        if (!current) {
            return new ReconcilePlan(List.of());
        }
        Map<UUID, Optional<PartitionSpec>> wanted = wanted(image, nodeId, configs);
        List<Action> actions = new ArrayList<>();
        Set<UUID> present = new HashSet<>(local.running());
        present.addAll(local.configured().keySet());
        for (UUID groupId : present) {
            if (!wanted.containsKey(groupId)) {
                actions.add(new Action.Remove(groupId));
            }
        }
        wanted.forEach((groupId, known) -> known.ifPresent(spec -> {
            PartitionSpec told = local.configured().get(groupId);
            if (told == null || !local.running().contains(groupId)) {
                actions.add(new Action.Add(spec));
            } else if (!told.equals(spec)) {
                actions.add(new Action.Configure(spec));
            }
        }));
        return new ReconcilePlan(actions);
    }

    /** The replicas of this node; without a spec while the address of one of the others is not known. */
    private static Map<UUID, Optional<PartitionSpec>> wanted(
            MetadataImage image, int nodeId, Function<TopicInfo, LogConfig> configs) {
        Map<UUID, Optional<PartitionSpec>> wanted = new LinkedHashMap<>();
        for (TopicInfo topic : image.topics().values()) {
            List<PartitionInfo> own = topic.partitions().stream()
                    .filter(partition -> partition.replicas().contains(nodeId))
                    .toList();
            if (own.isEmpty()) {
                continue;
            }
            LogConfig config = configs.apply(topic);
            for (PartitionInfo partition : own) {
                UUID groupId = GroupIds.of(topic.id(), partition.partition());
                boolean joining = partition
                        .reassignment()
                        .filter(change -> !change.original().contains(nodeId))
                        .isPresent();
                wanted.put(
                        groupId,
                        peers(image, partition, joining)
                                .map(peers -> new PartitionSpec(
                                        groupId, topic.name(), partition.partition(), peers, config, joining)));
            }
        }
        return wanted;
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
