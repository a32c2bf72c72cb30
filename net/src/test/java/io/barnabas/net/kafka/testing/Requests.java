package io.barnabas.net.kafka.testing;

import io.barnabas.metadata.rules.TopicInfo;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.AddRaftVoterRequestData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.CreateAclsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.DeleteAclsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DescribeAclsRequestData;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTransactionsRequestData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.EndQuorumEpochRequestData;
import org.apache.kafka.common.message.EnvelopeRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchSnapshotRequestData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopicCollection;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceDataCollection;
import org.apache.kafka.common.message.RemoveRaftVoterRequestData;
import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** Requests as clients send them, by API and version. */
public final class Requests {

    /** From here on Produce and Fetch name topics by id. */
    public static final int FETCH_BY_ID = 13;

    public static final int PRODUCE_BY_ID = 13;
    private static final int TIMEOUT_MS = 5_000;

    private Requests() {}

    /** A batch of {@code count} records, with time stamps 1,000, 1,001 and so on. */
    public static MemoryRecords batch(int count) {
        return MemoryRecords.withRecords(
                Compression.NONE,
                IntStream.range(0, count)
                        .mapToObj(i ->
                                new SimpleRecord(1_000 + i, ("k" + i).getBytes(StandardCharsets.UTF_8), new byte[100]))
                        .toArray(SimpleRecord[]::new));
    }

    /** The topic's id as the protocol has it. */
    public static Uuid id(TopicInfo topic) {
        return new Uuid(topic.id().getMostSignificantBits(), topic.id().getLeastSignificantBits());
    }

    /** A produce of one batch to one partition. */
    public static ProduceRequestData produce(
            int version, TopicInfo topic, int partition, short acks, MemoryRecords records) {
        TopicProduceData data = new TopicProduceData()
                .setPartitionData(
                        List.of(new PartitionProduceData().setIndex(partition).setRecords(records)));
        if (version >= PRODUCE_BY_ID) {
            data.setTopicId(id(topic));
        } else {
            data.setName(topic.name());
        }
        return new ProduceRequestData()
                .setAcks(acks)
                .setTimeoutMs(TIMEOUT_MS)
                .setTopicData(new TopicProduceDataCollection(List.of(data).iterator()));
    }

    /** What is wanted of one partition, up to 1 MiB. */
    public static FetchPartition wanted(int partition, long offset) {
        return new FetchPartition()
                .setPartition(partition)
                .setFetchOffset(offset)
                .setPartitionMaxBytes(1 << 20);
    }

    /** A fetch of partitions of one topic that does not wait, without a session. */
    public static FetchRequestData fetch(int version, TopicInfo topic, FetchPartition... partitions) {
        FetchTopic wanted = new FetchTopic().setPartitions(List.of(partitions));
        if (version >= FETCH_BY_ID) {
            wanted.setTopicId(id(topic));
        } else {
            wanted.setTopic(topic.name());
        }
        return new FetchRequestData()
                .setMaxWaitMs(0)
                .setMinBytes(1)
                .setMaxBytes(1 << 22)
                .setTopics(List.of(wanted));
    }

    /** Offsets of one partition at one time. */
    public static ListOffsetsRequestData listOffsets(TopicInfo topic, int partition, long timestamp) {
        return new ListOffsetsRequestData()
                .setTopics(List.of(new ListOffsetsTopic()
                        .setName(topic.name())
                        .setPartitions(List.of(new ListOffsetsPartition()
                                .setPartitionIndex(partition)
                                .setTimestamp(timestamp)))));
    }

    /** Where an epoch of one partition ended. */
    public static OffsetForLeaderEpochRequestData epochEnd(TopicInfo topic, int partition, int epoch) {
        return new OffsetForLeaderEpochRequestData()
                .setReplicaId(-1)
                .setTopics(new OffsetForLeaderTopicCollection(List.of(new OffsetForLeaderTopic()
                                .setTopic(topic.name())
                                .setPartitions(List.of(new OffsetForLeaderPartition()
                                        .setPartition(partition)
                                        .setLeaderEpoch(epoch))))
                        .iterator()));
    }

    /** A plain request of any API that is served, about that topic. */
    public static ApiMessage typical(ApiKeys key, int version, TopicInfo topic) {
        return switch (key) {
            case PRODUCE -> produce(version, topic, 0, (short) -1, batch(2));
            case FETCH -> fetch(version, topic, wanted(0, 0));
            case LIST_OFFSETS -> listOffsets(topic, 0, -1);
            case OFFSET_FOR_LEADER_EPOCH -> epochEnd(topic, 0, 1);
            case INIT_PRODUCER_ID ->
                new InitProducerIdRequestData().setTransactionalId(null).setTransactionTimeoutMs(TIMEOUT_MS);
            case API_VERSIONS ->
                version < 3
                        ? new ApiVersionsRequestData()
                        : new ApiVersionsRequestData()
                                .setClientSoftwareName("test")
                                .setClientSoftwareVersion("1");
            default -> administrative(key, version, topic);
        };
    }

    private static ApiMessage administrative(ApiKeys key, int version, TopicInfo topic) {
        return switch (key) {
            case METADATA ->
                new MetadataRequestData()
                        .setTopics(List.of(new MetadataRequestData.MetadataRequestTopic().setName(topic.name())));
            case FIND_COORDINATOR ->
                version < 4
                        ? new FindCoordinatorRequestData().setKey("group")
                        : new FindCoordinatorRequestData().setCoordinatorKeys(List.of("group"));
            case CREATE_TOPICS -> create("created-" + version);
            case DELETE_TOPICS -> delete(version, "created-" + version);
            case CREATE_PARTITIONS ->
                new CreatePartitionsRequestData()
                        .setTimeoutMs(TIMEOUT_MS)
                        .setTopics(new CreatePartitionsRequestData.CreatePartitionsTopicCollection(
                                List.of(new CreatePartitionsRequestData.CreatePartitionsTopic()
                                                .setName(topic.name())
                                                .setCount(1)
                                                .setAssignments(null))
                                        .iterator()));
            case DESCRIBE_CONFIGS ->
                new DescribeConfigsRequestData()
                        .setResources(List.of(new DescribeConfigsRequestData.DescribeConfigsResource()
                                .setResourceType((byte) 2)
                                .setResourceName(topic.name())
                                .setConfigurationKeys(null)));
            case ALTER_CONFIGS ->
                new AlterConfigsRequestData()
                        .setResources(new AlterConfigsRequestData.AlterConfigsResourceCollection(
                                List.of(new AlterConfigsRequestData.AlterConfigsResource()
                                                .setResourceType((byte) 2)
                                                .setResourceName(topic.name()))
                                        .iterator()));
            case INCREMENTAL_ALTER_CONFIGS ->
                new IncrementalAlterConfigsRequestData()
                        .setResources(new IncrementalAlterConfigsRequestData.AlterConfigsResourceCollection(
                                List.of(new IncrementalAlterConfigsRequestData.AlterConfigsResource()
                                                .setResourceType((byte) 2)
                                                .setResourceName(topic.name()))
                                        .iterator()));
            case LIST_CONFIG_RESOURCES -> new ListConfigResourcesRequestData();
            case UNREGISTER_BROKER -> new UnregisterBrokerRequestData().setBrokerId(99);
            case DELETE_RECORDS ->
                new DeleteRecordsRequestData()
                        .setTopics(List.of(new DeleteRecordsRequestData.DeleteRecordsTopic()
                                .setName("orders")
                                .setPartitions(List.of(new DeleteRecordsRequestData.DeleteRecordsPartition()
                                        .setPartitionIndex(0)
                                        .setOffset(0)))));
            case FETCH_SNAPSHOT ->
                new FetchSnapshotRequestData()
                        .setTopics(List.of(new FetchSnapshotRequestData.TopicSnapshot()
                                .setName("orders")
                                .setPartitions(List.of(new FetchSnapshotRequestData.PartitionSnapshot()))));
            case ALTER_REPLICA_LOG_DIRS -> moveToNowhere();
            case DESCRIBE_LOG_DIRS -> new DescribeLogDirsRequestData().setTopics(null);
            case DESCRIBE_CLUSTER -> new DescribeClusterRequestData();
            case DESCRIBE_QUORUM ->
                new DescribeQuorumRequestData()
                        .setTopics(List.of(new DescribeQuorumRequestData.TopicData()
                                .setTopicName("__cluster_metadata")
                                .setPartitions(
                                        List.of(new DescribeQuorumRequestData.PartitionData().setPartitionIndex(0)))));
            case DESCRIBE_TOPIC_PARTITIONS ->
                new DescribeTopicPartitionsRequestData()
                        .setTopics(
                                List.of(new DescribeTopicPartitionsRequestData.TopicRequest().setName(topic.name())));
            case ALTER_PARTITION_REASSIGNMENTS -> reassign(topic);
            case ELECT_LEADERS -> new ElectLeadersRequestData().setTopicPartitions(null);
            case LIST_PARTITION_REASSIGNMENTS -> new ListPartitionReassignmentsRequestData().setTopics(null);
            case DESCRIBE_PRODUCERS ->
                new DescribeProducersRequestData()
                        .setTopics(List.of(new DescribeProducersRequestData.TopicRequest()
                                .setName(topic.name())
                                .setPartitionIndexes(List.of(0, 1))));
            case ENVELOPE -> new EnvelopeRequestData().setRequestData(ByteBuffer.wrap(new byte[] {1, 2, 3}));
            case UPDATE_FEATURES -> upgrade("metadata.version", 27);
            case ADD_RAFT_VOTER ->
                new AddRaftVoterRequestData().setClusterId(null).setVoterId(99).setTimeoutMs(TIMEOUT_MS);
            case REMOVE_RAFT_VOTER ->
                new RemoveRaftVoterRequestData().setClusterId(null).setVoterId(99);
            case END_QUORUM_EPOCH -> endEpoch(version, 1, 1, 99);
            default -> ofWhatIsNotHere(key, version, topic);
        };
    }

    private static ApiMessage ofWhatIsNotHere(ApiKeys key, int version, TopicInfo topic) {
        return switch (key) {
            case DESCRIBE_ACLS ->
                new DescribeAclsRequestData()
                        .setResourceTypeFilter((byte) 2)
                        .setPatternTypeFilter((byte) 3)
                        .setOperation((byte) 2)
                        .setPermissionType((byte) 3);
            case CREATE_ACLS ->
                new CreateAclsRequestData()
                        .setCreations(List.of(new CreateAclsRequestData.AclCreation()
                                .setResourceType((byte) 2)
                                .setResourceName("orders")
                                .setResourcePatternType((byte) 3)
                                .setPrincipal("User:alice")
                                .setHost("*")
                                .setOperation((byte) 3)
                                .setPermissionType((byte) 3)));
            case DELETE_ACLS ->
                new DeleteAclsRequestData()
                        .setFilters(List.of(new DeleteAclsRequestData.DeleteAclsFilter()
                                .setResourceTypeFilter((byte) 2)
                                .setPatternTypeFilter((byte) 3)
                                .setOperation((byte) 3)
                                .setPermissionType((byte) 3)));
            case DESCRIBE_USER_SCRAM_CREDENTIALS ->
                new DescribeUserScramCredentialsRequestData()
                        .setUsers(List.of(new DescribeUserScramCredentialsRequestData.UserName().setName("alice")));
            case DESCRIBE_CLIENT_QUOTAS -> new DescribeClientQuotasRequestData();
            case ALTER_CLIENT_QUOTAS ->
                new AlterClientQuotasRequestData()
                        .setEntries(List.of(new AlterClientQuotasRequestData.EntryData()
                                .setEntity(List.of(new AlterClientQuotasRequestData.EntityData()
                                        .setEntityType("user")
                                        .setEntityName("alice")))
                                .setOps(List.of(new AlterClientQuotasRequestData.OpData()
                                        .setKey("consumer_byte_rate")
                                        .setValue(1)))));
            case LIST_TRANSACTIONS -> new ListTransactionsRequestData().setStateFilters(List.of("Ongoing", "Torn"));
            case DESCRIBE_TRANSACTIONS -> new DescribeTransactionsRequestData().setTransactionalIds(List.of("writer"));
            default -> GroupRequests.typical(key, version, topic);
        };
    }

    private static AlterPartitionReassignmentsRequestData reassign(TopicInfo topic) {
        return new AlterPartitionReassignmentsRequestData()
                .setTopics(List.of(new AlterPartitionReassignmentsRequestData.ReassignableTopic()
                        .setName(topic.name())
                        .setPartitions(List.of(new AlterPartitionReassignmentsRequestData.ReassignablePartition()
                                .setPartitionIndex(0)
                                .setReplicas(List.of(FakeBroker.ID))))));
    }

    /** A leader of the metadata quorum that makes way. */
    public static EndQuorumEpochRequestData endEpoch(int version, int leader, int epoch, int successor) {
        EndQuorumEpochRequestData.PartitionData partition = new EndQuorumEpochRequestData.PartitionData()
                .setLeaderId(leader)
                .setLeaderEpoch(epoch);
        if (version < 1) {
            partition.setPreferredSuccessors(List.of(successor));
        } else {
            partition.setPreferredCandidates(
                    List.of(new EndQuorumEpochRequestData.ReplicaInfo().setCandidateId(successor)));
        }
        return new EndQuorumEpochRequestData()
                .setTopics(List.of(new EndQuorumEpochRequestData.TopicData()
                        .setTopicName("__cluster_metadata")
                        .setPartitions(List.of(partition))));
    }

    /** An upgrade of one feature. */
    public static UpdateFeaturesRequestData upgrade(String feature, int level) {
        UpdateFeaturesRequestData request = new UpdateFeaturesRequestData();
        request.featureUpdates()
                .add(new UpdateFeaturesRequestData.FeatureUpdateKey()
                        .setFeature(feature)
                        .setMaxVersionLevel((short) level));
        return request;
    }

    private static CreateTopicsRequestData create(String name) {
        var assignments = new CreateTopicsRequestData.CreatableReplicaAssignmentCollection();
        assignments.add(new CreateTopicsRequestData.CreatableReplicaAssignment()
                .setPartitionIndex(0)
                .setBrokerIds(List.of(FakeBroker.ID)));
        var topics = new CreateTopicsRequestData.CreatableTopicCollection();
        topics.add(new CreateTopicsRequestData.CreatableTopic()
                .setName(name)
                .setNumPartitions(-1)
                .setReplicationFactor((short) -1)
                .setAssignments(assignments));
        return new CreateTopicsRequestData().setTimeoutMs(TIMEOUT_MS).setTopics(topics);
    }

    private static DeleteTopicsRequestData delete(int version, String name) {
        DeleteTopicsRequestData request = new DeleteTopicsRequestData().setTimeoutMs(TIMEOUT_MS);
        return version < 6
                ? request.setTopicNames(List.of(name))
                : request.setTopics(List.of(new DeleteTopicsRequestData.DeleteTopicState().setName(name)));
    }

    private static AlterReplicaLogDirsRequestData moveToNowhere() {
        AlterReplicaLogDirsRequestData request = new AlterReplicaLogDirsRequestData();
        AlterReplicaLogDirsRequestData.AlterReplicaLogDir directory =
                new AlterReplicaLogDirsRequestData.AlterReplicaLogDir().setPath("/nowhere");
        directory
                .topics()
                .add(new AlterReplicaLogDirsRequestData.AlterReplicaLogDirTopic()
                        .setName("orders")
                        .setPartitions(List.of(0)));
        request.dirs().add(directory);
        return request;
    }
}
