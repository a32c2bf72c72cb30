package io.barnabas.net.kafka;

import io.barnabas.log.PartitionHost;
import io.barnabas.log.PartitionReplica;
import io.barnabas.metadata.MetadataQuorum;
import io.barnabas.metadata.group.GroupCoordinator;
import java.util.Optional;
import java.util.UUID;

/** What the handlers see of the node they run in. */
public interface Broker {

    /** This node's {@code node.id}. */
    int nodeId();

    /** The truth about the cluster. */
    MetadataQuorum quorum();

    /** The groups that this node coordinates. */
    GroupCoordinator groups();

    /** The replicas that this node runs. */
    PartitionHost partitions();

    /** This node's replica of a partition, when it runs one. */
    Optional<PartitionReplica> replica(UUID topicId, int partition);

    /**
     * The newest leader known here: the local replica's view when its term is above the image's, which spares a
     * client the time until the metadata quorum has heard of an election.
     */
    PartitionReplica.Leadership leaderOf(UUID topicId, int partition);

    /**
     * Whether this node has known no leader of the metadata quorum for longer than an election takes. What it would tell of
     * the cluster is then old, and most likely another node knows better.
     */
    boolean isCutOff();

    /** The node's settings that handlers need. */
    BrokerSettings settings();
}
