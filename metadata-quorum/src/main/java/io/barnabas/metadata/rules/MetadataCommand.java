package io.barnabas.metadata.rules;

import io.barnabas.metadata.rules.group.GroupRecord;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** A change asked of the metadata quorum. A released command never changes its meaning: a new meaning is a new command. */
public sealed interface MetadataCommand {

    /** Names the cluster; the first command of every cluster. Refused when the cluster has another id already. */
    record InitCluster(String clusterId) implements MetadataCommand {}

    /**
     * A process start announces itself; the reply is its {@link CommandReply.NodeEpoch}. The node starts unfenced.
     * Refused with {@link Refusal#INCONSISTENT_CLUSTER_ID} when it belongs to another cluster.
     */
    record RegisterNode(
            String clusterId,
            int nodeId,
            UUID incarnation,
            List<Endpoint> listeners,
            String metadataAddress,
            String partitionAddress,
            Optional<String> rack)
            implements MetadataCommand {}

    /** The quorum's leader has not heard from the node, or the node says good-bye. Refused when the epoch is stale. */
    record FenceNode(int nodeId, long epoch) implements MetadataCommand {}

    /** The node is heard again. Refused when the epoch is stale. */
    record UnfenceNode(int nodeId, long epoch) implements MetadataCommand {}

    /**
     * The replicas that the node held when it started have all that was committed. Forgotten when it is fenced. Refused
     * when the epoch is stale.
     */
    record NodeCaughtUp(int nodeId, long epoch) implements MetadataCommand {}

    /** Forgets a node that is gone for good. Refused while a partition names it as replica. */
    record UnregisterNode(int nodeId) implements MetadataCommand {}

    /**
     * Creates a topic; the reply is {@link CommandReply.TopicCreated}.
     *
     * @param topicId random, drawn by the proposer; also the seed of the placement
     * @param partitions the number of partitions, ignored when {@code assignments} is given
     * @param replicationFactor replicas of each partition, ignored when {@code assignments} is given
     * @param assignments replica lists by partition number, or empty for placement by the quorum
     * @param configs overrides, already validated by the proposer
     */
    record CreateTopic(
            UUID topicId,
            String name,
            int partitions,
            int replicationFactor,
            List<List<Integer>> assignments,
            Map<String, String> configs)
            implements MetadataCommand {}

    /** Grows a topic to {@code total} partitions; {@code assignments} are those of the new ones, or empty. */
    record CreatePartitions(String topic, int total, List<List<Integer>> assignments) implements MetadataCommand {}

    /** Deletes a topic; its nodes then drop their replicas. */
    record DeleteTopic(UUID topicId) implements MetadataCommand {}

    /** Sets and unsets config keys of one resource, in one step. */
    record AlterConfigs(ConfigResource resource, Map<String, String> set, List<String> unset)
            implements MetadataCommand {}

    /** Leaders report themselves; a report with an epoch not above the known one is ignored. */
    record LeadersElected(List<ElectedLeader> leaders) implements MetadataCommand {}

    /** One entry of {@link LeadersElected}: the node leads the partition in that term. */
    record ElectedLeader(UUID topicId, int partition, int leader, int leaderEpoch) {}

    /** Reserves producer ids for a node; the reply is {@link CommandReply.ProducerIds}. */
    record AllocateProducerIds(int nodeId, int count) implements MetadataCommand {}

    /**
     * Wants other replicas for a partition; its leader then moves it. The first is the preferred leader.
     *
     * @param mayChangeReplicationFactor whether {@code target} may be more or fewer replicas than there were
     */
    record ReassignPartition(UUID topicId, int partition, List<Integer> target, boolean mayChangeReplicationFactor)
            implements MetadataCommand {}

    /** Wants the replicas back that a partition had before its reassignment began. */
    record CancelReassignment(UUID topicId, int partition) implements MetadataCommand {}

    /** Leaders report reassignments that are done; reports of one that was replaced meanwhile are ignored. */
    record ReassignmentsFinished(List<FinishedReassignment> finished) implements MetadataCommand {}

    /** One entry of {@link ReassignmentsFinished}; {@code since} is {@link Reassignment#since}. */
    record FinishedReassignment(UUID topicId, int partition, long since) {}

    /**
     * Gives new epochs to those of the shards that the node coordinates, so that what it proposed before can no longer
     * take effect. Refused when the node's epoch is stale.
     */
    record RenewCoordinators(int nodeId, long nodeEpoch, List<Integer> shards) implements MetadataCommand {}

    /**
     * Writes records of groups; the reply is {@link CommandReply.GroupRecordsAppended}. Shards whose epoch is stale are
     * left out, the others written.
     */
    record AppendGroupRecords(List<ShardRecords> shards) implements MetadataCommand {}

    /**
     * Records of one shard, in order.
     *
     * @param epoch that of the shard's {@link Coordinator} who writes them
     */
    record ShardRecords(int shard, long epoch, List<GroupRecord> records) {}

    /**
     * Brings a partition back that has lost its majority, from one replica alone. What others had acknowledged beyond it
     * is given up. Refused while a majority is live.
     */
    record RecoverPartition(UUID topicId, int partition, int node) implements MetadataCommand {}
}
