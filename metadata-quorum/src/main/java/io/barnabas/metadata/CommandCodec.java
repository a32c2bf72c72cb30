package io.barnabas.metadata;

import com.google.protobuf.InvalidProtocolBufferException;
import io.barnabas.metadata.proto.AllocateProducerIdsCommand;
import io.barnabas.metadata.proto.AlterConfigsCommand;
import io.barnabas.metadata.proto.AppendGroupRecordsCommand;
import io.barnabas.metadata.proto.CommandEnvelope;
import io.barnabas.metadata.proto.ConfigResourceMessage;
import io.barnabas.metadata.proto.CreatePartitionsCommand;
import io.barnabas.metadata.proto.CreateTopicCommand;
import io.barnabas.metadata.proto.DeleteTopicCommand;
import io.barnabas.metadata.proto.ElectedLeaderMessage;
import io.barnabas.metadata.proto.EndpointMessage;
import io.barnabas.metadata.proto.FenceNodeCommand;
import io.barnabas.metadata.proto.GroupRecordMessage;
import io.barnabas.metadata.proto.InitClusterCommand;
import io.barnabas.metadata.proto.LeadersElectedCommand;
import io.barnabas.metadata.proto.NodeCaughtUpCommand;
import io.barnabas.metadata.proto.RegisterNodeCommand;
import io.barnabas.metadata.proto.RenewCoordinatorsCommand;
import io.barnabas.metadata.proto.ReplicaList;
import io.barnabas.metadata.proto.ShardRecordsMessage;
import io.barnabas.metadata.proto.UnfenceNodeCommand;
import io.barnabas.metadata.proto.UnregisterNodeCommand;
import io.barnabas.metadata.proto.UuidMessage;
import io.barnabas.metadata.rules.ConfigResource;
import io.barnabas.metadata.rules.Endpoint;
import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.group.GroupRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Metadata commands as bytes of a Raft entry. */
final class CommandCodec {

    /** The newest envelope written and read. */
    static final int VERSION = 1;

    private CommandCodec() {}

    static byte[] encode(MetadataCommand command) {
        CommandEnvelope.Builder envelope = CommandEnvelope.newBuilder().setVersion(VERSION);
        switch (command) {
            case MetadataCommand.InitCluster c ->
                envelope.setInitCluster(InitClusterCommand.newBuilder().setClusterId(c.clusterId()));
            case MetadataCommand.RegisterNode c -> envelope.setRegisterNode(registerNode(c));
            case MetadataCommand.FenceNode c ->
                envelope.setFenceNode(
                        FenceNodeCommand.newBuilder().setNodeId(c.nodeId()).setEpoch(c.epoch()));
            case MetadataCommand.UnfenceNode c ->
                envelope.setUnfenceNode(
                        UnfenceNodeCommand.newBuilder().setNodeId(c.nodeId()).setEpoch(c.epoch()));
            case MetadataCommand.NodeCaughtUp c ->
                envelope.setNodeCaughtUp(
                        NodeCaughtUpCommand.newBuilder().setNodeId(c.nodeId()).setEpoch(c.epoch()));
            case MetadataCommand.UnregisterNode c ->
                envelope.setUnregisterNode(UnregisterNodeCommand.newBuilder().setNodeId(c.nodeId()));
            case MetadataCommand.CreateTopic c -> envelope.setCreateTopic(createTopic(c));
            case MetadataCommand.CreatePartitions c ->
                envelope.setCreatePartitions(CreatePartitionsCommand.newBuilder()
                        .setTopic(c.topic())
                        .setTotal(c.total())
                        .addAllAssignments(toMessages(c.assignments())));
            case MetadataCommand.DeleteTopic c ->
                envelope.setDeleteTopic(DeleteTopicCommand.newBuilder().setTopicId(uuid(c.topicId())));
            case MetadataCommand.AlterConfigs c ->
                envelope.setAlterConfigs(AlterConfigsCommand.newBuilder()
                        .setResource(resource(c.resource()))
                        .putAllSet(c.set())
                        .addAllUnset(c.unset()));
            case MetadataCommand.LeadersElected c -> envelope.setLeadersElected(leadersElected(c));
            case MetadataCommand.AllocateProducerIds c ->
                envelope.setAllocateProducerIds(AllocateProducerIdsCommand.newBuilder()
                        .setNodeId(c.nodeId())
                        .setCount(c.count()));
            case MetadataCommand.ReassignPartition c -> envelope.setReassignPartition(PartitionCommandCodec.encode(c));
            case MetadataCommand.CancelReassignment c ->
                envelope.setCancelReassignment(PartitionCommandCodec.encode(c));
            case MetadataCommand.RecoverPartition c -> envelope.setRecoverPartition(PartitionCommandCodec.encode(c));
            case MetadataCommand.ReassignmentsFinished c ->
                envelope.setReassignmentsFinished(PartitionCommandCodec.encode(c));
            case MetadataCommand.RenewCoordinators c ->
                envelope.setRenewCoordinators(RenewCoordinatorsCommand.newBuilder()
                        .setNodeId(c.nodeId())
                        .setNodeEpoch(c.nodeEpoch())
                        .addAllShards(c.shards()));
            case MetadataCommand.AppendGroupRecords c -> envelope.setAppendGroupRecords(appendGroupRecords(c));
        }
        return envelope.build().toByteArray();
    }

    static MetadataCommand decode(byte[] bytes) throws InvalidProtocolBufferException {
        CommandEnvelope envelope = CommandEnvelope.parseFrom(bytes);
        if (envelope.getVersion() < 1 || envelope.getVersion() > VERSION) {
            throw new InvalidProtocolBufferException(
                    "command version " + envelope.getVersion() + " is unknown, this node reads up to " + VERSION);
        }
        return switch (envelope.getCommandCase()) {
            case INIT_CLUSTER ->
                new MetadataCommand.InitCluster(envelope.getInitCluster().getClusterId());
            case REGISTER_NODE -> registerNode(envelope.getRegisterNode());
            case FENCE_NODE ->
                new MetadataCommand.FenceNode(
                        envelope.getFenceNode().getNodeId(),
                        envelope.getFenceNode().getEpoch());
            case UNFENCE_NODE ->
                new MetadataCommand.UnfenceNode(
                        envelope.getUnfenceNode().getNodeId(),
                        envelope.getUnfenceNode().getEpoch());
            case NODE_CAUGHT_UP ->
                new MetadataCommand.NodeCaughtUp(
                        envelope.getNodeCaughtUp().getNodeId(),
                        envelope.getNodeCaughtUp().getEpoch());
            case UNREGISTER_NODE ->
                new MetadataCommand.UnregisterNode(envelope.getUnregisterNode().getNodeId());
            case CREATE_TOPIC -> createTopic(envelope.getCreateTopic());
            case CREATE_PARTITIONS ->
                new MetadataCommand.CreatePartitions(
                        envelope.getCreatePartitions().getTopic(),
                        envelope.getCreatePartitions().getTotal(),
                        toLists(envelope.getCreatePartitions().getAssignmentsList()));
            case DELETE_TOPIC ->
                new MetadataCommand.DeleteTopic(uuid(envelope.getDeleteTopic().getTopicId()));
            case ALTER_CONFIGS ->
                new MetadataCommand.AlterConfigs(
                        resource(envelope.getAlterConfigs().getResource()),
                        envelope.getAlterConfigs().getSetMap(),
                        List.copyOf(envelope.getAlterConfigs().getUnsetList()));
            case LEADERS_ELECTED -> leadersElected(envelope.getLeadersElected());
            case ALLOCATE_PRODUCER_IDS ->
                new MetadataCommand.AllocateProducerIds(
                        envelope.getAllocateProducerIds().getNodeId(),
                        envelope.getAllocateProducerIds().getCount());
            case REASSIGN_PARTITION -> PartitionCommandCodec.decode(envelope.getReassignPartition());
            case CANCEL_REASSIGNMENT -> PartitionCommandCodec.decode(envelope.getCancelReassignment());
            case RECOVER_PARTITION -> PartitionCommandCodec.decode(envelope.getRecoverPartition());
            case REASSIGNMENTS_FINISHED -> PartitionCommandCodec.decode(envelope.getReassignmentsFinished());
            case RENEW_COORDINATORS ->
                new MetadataCommand.RenewCoordinators(
                        envelope.getRenewCoordinators().getNodeId(),
                        envelope.getRenewCoordinators().getNodeEpoch(),
                        List.copyOf(envelope.getRenewCoordinators().getShardsList()));
            case APPEND_GROUP_RECORDS -> appendGroupRecords(envelope.getAppendGroupRecords());
            case COMMAND_NOT_SET ->
                throw new InvalidProtocolBufferException("the command is of a kind that this node does not know");
        };
    }

    private static RegisterNodeCommand registerNode(MetadataCommand.RegisterNode c) {
        RegisterNodeCommand.Builder message = RegisterNodeCommand.newBuilder()
                .setClusterId(c.clusterId())
                .setNodeId(c.nodeId())
                .setIncarnation(uuid(c.incarnation()))
                .addAllListeners(
                        c.listeners().stream().map(CommandCodec::endpoint).toList())
                .setMetadataAddress(c.metadataAddress())
                .setPartitionAddress(c.partitionAddress());
        c.rack().ifPresent(message::setRack);
        return message.build();
    }

    private static MetadataCommand registerNode(RegisterNodeCommand m) {
        return new MetadataCommand.RegisterNode(
                m.getClusterId(),
                m.getNodeId(),
                uuid(m.getIncarnation()),
                m.getListenersList().stream().map(CommandCodec::endpoint).toList(),
                m.getMetadataAddress(),
                m.getPartitionAddress(),
                m.hasRack() ? Optional.of(m.getRack()) : Optional.empty());
    }

    private static CreateTopicCommand createTopic(MetadataCommand.CreateTopic c) {
        return CreateTopicCommand.newBuilder()
                .setTopicId(uuid(c.topicId()))
                .setName(c.name())
                .setPartitions(c.partitions())
                .setReplicationFactor(c.replicationFactor())
                .addAllAssignments(toMessages(c.assignments()))
                .putAllConfigs(c.configs())
                .build();
    }

    private static MetadataCommand createTopic(CreateTopicCommand m) {
        return new MetadataCommand.CreateTopic(
                uuid(m.getTopicId()),
                m.getName(),
                m.getPartitions(),
                m.getReplicationFactor(),
                toLists(m.getAssignmentsList()),
                m.getConfigsMap());
    }

    private static LeadersElectedCommand leadersElected(MetadataCommand.LeadersElected c) {
        return LeadersElectedCommand.newBuilder()
                .addAllLeaders(c.leaders().stream()
                        .map(leader -> ElectedLeaderMessage.newBuilder()
                                .setTopicId(uuid(leader.topicId()))
                                .setPartition(leader.partition())
                                .setLeader(leader.leader())
                                .setLeaderEpoch(leader.leaderEpoch())
                                .build())
                        .toList())
                .build();
    }

    private static MetadataCommand leadersElected(LeadersElectedCommand m) {
        return new MetadataCommand.LeadersElected(m.getLeadersList().stream()
                .map(leader -> new MetadataCommand.ElectedLeader(
                        uuid(leader.getTopicId()), leader.getPartition(), leader.getLeader(), leader.getLeaderEpoch()))
                .toList());
    }

    private static AppendGroupRecordsCommand appendGroupRecords(MetadataCommand.AppendGroupRecords c) {
        AppendGroupRecordsCommand.Builder message = AppendGroupRecordsCommand.newBuilder();
        for (MetadataCommand.ShardRecords shard : c.shards()) {
            ShardRecordsMessage.Builder records =
                    ShardRecordsMessage.newBuilder().setShard(shard.shard()).setEpoch(shard.epoch());
            shard.records().forEach(record -> records.addRecords(GroupRecordCodec.encode(record)));
            message.addShards(records);
        }
        return message.build();
    }

    private static MetadataCommand appendGroupRecords(AppendGroupRecordsCommand m)
            throws InvalidProtocolBufferException {
        List<MetadataCommand.ShardRecords> shards = new ArrayList<>(m.getShardsCount());
        for (ShardRecordsMessage shard : m.getShardsList()) {
            List<GroupRecord> records = new ArrayList<>(shard.getRecordsCount());
            for (GroupRecordMessage record : shard.getRecordsList()) {
                records.add(GroupRecordCodec.decode(record));
            }
            shards.add(new MetadataCommand.ShardRecords(
                    shard.getShard(), shard.getEpoch(), Collections.unmodifiableList(records)));
        }
        return new MetadataCommand.AppendGroupRecords(Collections.unmodifiableList(shards));
    }

    private static List<ReplicaList> toMessages(List<? extends List<Integer>> lists) {
        return lists.stream()
                .map(replicas ->
                        ReplicaList.newBuilder().addAllReplicas(replicas).build())
                .toList();
    }

    private static List<List<Integer>> toLists(Collection<ReplicaList> lists) {
        return lists.stream().map(list -> List.copyOf(list.getReplicasList())).toList();
    }

    static UuidMessage uuid(UUID id) {
        return UuidMessage.newBuilder()
                .setMost(id.getMostSignificantBits())
                .setLeast(id.getLeastSignificantBits())
                .build();
    }

    static UUID uuid(UuidMessage id) {
        return new UUID(id.getMost(), id.getLeast());
    }

    static EndpointMessage endpoint(Endpoint endpoint) {
        return EndpointMessage.newBuilder()
                .setListener(endpoint.listener())
                .setHost(endpoint.host())
                .setPort(endpoint.port())
                .build();
    }

    static Endpoint endpoint(EndpointMessage endpoint) {
        return new Endpoint(endpoint.getListener(), endpoint.getHost(), endpoint.getPort());
    }

    static ConfigResourceMessage resource(ConfigResource resource) {
        ConfigResourceMessage.Builder message = ConfigResourceMessage.newBuilder();
        switch (resource) {
            case ConfigResource.Topic topic -> message.setTopic(topic.name());
            case ConfigResource.Node node -> message.setNode(node.id());
            case ConfigResource.AllNodes all -> message.setAllNodes(true);
        }
        return message.build();
    }

    static ConfigResource resource(ConfigResourceMessage message) throws InvalidProtocolBufferException {
        return switch (message.getResourceCase()) {
            case TOPIC -> new ConfigResource.Topic(message.getTopic());
            case NODE -> new ConfigResource.Node(message.getNode());
            case ALL_NODES -> new ConfigResource.AllNodes();
            case RESOURCE_NOT_SET -> throw new InvalidProtocolBufferException("a config of no resource");
        };
    }
}
