package io.barnabas.net.node;

import io.barnabas.log.PartitionHost;
import io.barnabas.log.PartitionReplica;
import io.barnabas.log.PartitionReplica.Leadership;
import io.barnabas.metadata.MetadataQuorum;
import io.barnabas.metadata.group.GroupCoordinator;
import io.barnabas.metadata.rules.PartitionInfo;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.BrokerSettings;
import io.barnabas.net.node.rules.GroupIds;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/** What a node shows its Kafka handlers. */
record NodeBroker(
        int nodeId,
        MetadataQuorum quorum,
        GroupCoordinator groups,
        PartitionHost partitions,
        BooleanSupplier cutOff,
        BrokerSettings settings)
        implements Broker {

    private static final Leadership UNKNOWN = new Leadership(PartitionInfo.NO_LEADER, -1, false);

    @Override
    public Optional<PartitionReplica> replica(UUID topicId, int partition) {
        return info(topicId, partition).flatMap(info -> partitions.replica(GroupIds.of(topicId, info)));
    }

    private Optional<PartitionInfo> info(UUID topicId, int partition) {
        return quorum.image()
                .topic(topicId)
                .map(TopicInfo::partitions)
                .filter(known -> partition >= 0 && partition < known.size())
                .map(known -> known.get(partition));
    }

    @Override
    public Leadership leaderOf(UUID topicId, int partition) {
        Leadership reported = reported(topicId, partition);
        return replica(topicId, partition)
                .map(PartitionReplica::leadership)
                .filter(local -> local.leader() >= 0 && local.epoch() >= reported.epoch())
                .orElse(reported);
    }

    @Override
    public boolean isCutOff() {
        return cutOff.getAsBoolean();
    }

    private Leadership reported(UUID topicId, int partition) {
        return info(topicId, partition)
                .map(info -> new Leadership(info.leader(), info.leaderEpoch(), false))
                .orElse(UNKNOWN);
    }
}
