package io.barnabas.net.kafka;

import io.barnabas.net.kafka.handler.AddRaftVoterHandler;
import io.barnabas.net.kafka.handler.AlterClientQuotasHandler;
import io.barnabas.net.kafka.handler.AlterConfigsHandler;
import io.barnabas.net.kafka.handler.AlterPartitionReassignmentsHandler;
import io.barnabas.net.kafka.handler.AlterReplicaLogDirsHandler;
import io.barnabas.net.kafka.handler.ApiVersionsHandler;
import io.barnabas.net.kafka.handler.CreateAclsHandler;
import io.barnabas.net.kafka.handler.CreatePartitionsHandler;
import io.barnabas.net.kafka.handler.CreateTopicsHandler;
import io.barnabas.net.kafka.handler.DeleteAclsHandler;
import io.barnabas.net.kafka.handler.DeleteRecordsHandler;
import io.barnabas.net.kafka.handler.DeleteTopicsHandler;
import io.barnabas.net.kafka.handler.DescribeAclsHandler;
import io.barnabas.net.kafka.handler.DescribeClientQuotasHandler;
import io.barnabas.net.kafka.handler.DescribeClusterHandler;
import io.barnabas.net.kafka.handler.DescribeConfigsHandler;
import io.barnabas.net.kafka.handler.DescribeLogDirsHandler;
import io.barnabas.net.kafka.handler.DescribeProducersHandler;
import io.barnabas.net.kafka.handler.DescribeQuorumHandler;
import io.barnabas.net.kafka.handler.DescribeTopicPartitionsHandler;
import io.barnabas.net.kafka.handler.DescribeTransactionsHandler;
import io.barnabas.net.kafka.handler.DescribeUserScramCredentialsHandler;
import io.barnabas.net.kafka.handler.ElectLeadersHandler;
import io.barnabas.net.kafka.handler.EndQuorumEpochHandler;
import io.barnabas.net.kafka.handler.EnvelopeHandler;
import io.barnabas.net.kafka.handler.FetchHandler;
import io.barnabas.net.kafka.handler.FetchSnapshotHandler;
import io.barnabas.net.kafka.handler.FindCoordinatorHandler;
import io.barnabas.net.kafka.handler.IncrementalAlterConfigsHandler;
import io.barnabas.net.kafka.handler.InitProducerIdHandler;
import io.barnabas.net.kafka.handler.ListConfigResourcesHandler;
import io.barnabas.net.kafka.handler.ListOffsetsHandler;
import io.barnabas.net.kafka.handler.ListPartitionReassignmentsHandler;
import io.barnabas.net.kafka.handler.ListTransactionsHandler;
import io.barnabas.net.kafka.handler.MetadataHandler;
import io.barnabas.net.kafka.handler.OffsetForLeaderEpochHandler;
import io.barnabas.net.kafka.handler.ProduceHandler;
import io.barnabas.net.kafka.handler.RemoveRaftVoterHandler;
import io.barnabas.net.kafka.handler.UnregisterBrokerHandler;
import io.barnabas.net.kafka.handler.UpdateFeaturesHandler;
import io.barnabas.net.kafka.handler.group.ConsumerGroupDescribeHandler;
import io.barnabas.net.kafka.handler.group.ConsumerGroupHeartbeatHandler;
import io.barnabas.net.kafka.handler.group.DeleteGroupsHandler;
import io.barnabas.net.kafka.handler.group.DescribeGroupsHandler;
import io.barnabas.net.kafka.handler.group.HeartbeatHandler;
import io.barnabas.net.kafka.handler.group.JoinGroupHandler;
import io.barnabas.net.kafka.handler.group.LeaveGroupHandler;
import io.barnabas.net.kafka.handler.group.ListGroupsHandler;
import io.barnabas.net.kafka.handler.group.OffsetCommitHandler;
import io.barnabas.net.kafka.handler.group.OffsetDeleteHandler;
import io.barnabas.net.kafka.handler.group.OffsetFetchHandler;
import io.barnabas.net.kafka.handler.group.SyncGroupHandler;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/** The one list of what this node serves; ApiVersions advertises it, the decoder refuses all else. */
public final class ApiTable {

    private final Map<ApiKeys, Api<?, ?>> apis = new EnumMap<>(ApiKeys.class);

    private ApiTable(List<Api<?, ?>> served) {
        served.forEach(api -> apis.put(api.key(), api));
    }

    /** Every API, answered by {@code broker}. */
    public static ApiTable of(Broker broker) {
        List<Api<?, ?>> served = new ArrayList<>(List.of(
                api(ApiKeys.PRODUCE, 3, 13, new ProduceHandler(broker)),
                api(ApiKeys.FETCH, 4, 18, new FetchHandler(broker)),
                api(ApiKeys.FETCH_SNAPSHOT, 0, 1, new FetchSnapshotHandler(broker)),
                api(ApiKeys.LIST_OFFSETS, 1, 11, new ListOffsetsHandler(broker)),
                api(ApiKeys.DELETE_RECORDS, 0, 2, new DeleteRecordsHandler(broker)),
                api(ApiKeys.OFFSET_FOR_LEADER_EPOCH, 2, 4, new OffsetForLeaderEpochHandler(broker)),
                api(ApiKeys.INIT_PRODUCER_ID, 0, 5, new InitProducerIdHandler(broker)),
                api(ApiKeys.METADATA, 0, 13, new MetadataHandler(broker)),
                api(ApiKeys.FIND_COORDINATOR, 0, 6, new FindCoordinatorHandler(broker)),
                api(ApiKeys.JOIN_GROUP, 0, 9, new JoinGroupHandler(broker)),
                api(ApiKeys.SYNC_GROUP, 0, 5, new SyncGroupHandler(broker)),
                api(ApiKeys.HEARTBEAT, 0, 4, new HeartbeatHandler(broker)),
                api(ApiKeys.LEAVE_GROUP, 0, 5, new LeaveGroupHandler(broker)),
                api(ApiKeys.CONSUMER_GROUP_HEARTBEAT, 0, 1, new ConsumerGroupHeartbeatHandler(broker)),
                api(ApiKeys.OFFSET_COMMIT, 2, 10, new OffsetCommitHandler(broker)),
                api(ApiKeys.OFFSET_FETCH, 1, 10, new OffsetFetchHandler(broker)),
                api(ApiKeys.OFFSET_DELETE, 0, 0, new OffsetDeleteHandler(broker)),
                api(ApiKeys.LIST_GROUPS, 0, 5, new ListGroupsHandler(broker)),
                api(ApiKeys.DESCRIBE_GROUPS, 0, 6, new DescribeGroupsHandler(broker)),
                api(ApiKeys.CONSUMER_GROUP_DESCRIBE, 0, 1, new ConsumerGroupDescribeHandler(broker)),
                api(ApiKeys.DELETE_GROUPS, 0, 2, new DeleteGroupsHandler(broker)),
                api(ApiKeys.CREATE_TOPICS, 2, 7, new CreateTopicsHandler(broker)),
                api(ApiKeys.DELETE_TOPICS, 1, 6, new DeleteTopicsHandler(broker)),
                api(ApiKeys.CREATE_PARTITIONS, 0, 3, new CreatePartitionsHandler(broker)),
                api(ApiKeys.DESCRIBE_CONFIGS, 1, 4, new DescribeConfigsHandler(broker)),
                api(ApiKeys.ALTER_CONFIGS, 0, 2, new AlterConfigsHandler(broker)),
                api(ApiKeys.INCREMENTAL_ALTER_CONFIGS, 0, 1, new IncrementalAlterConfigsHandler(broker)),
                api(ApiKeys.LIST_CONFIG_RESOURCES, 0, 1, new ListConfigResourcesHandler(broker)),
                api(ApiKeys.UNREGISTER_BROKER, 0, 0, new UnregisterBrokerHandler(broker)),
                api(ApiKeys.ELECT_LEADERS, 0, 2, new ElectLeadersHandler(broker)),
                api(ApiKeys.ALTER_PARTITION_REASSIGNMENTS, 0, 1, new AlterPartitionReassignmentsHandler(broker)),
                api(ApiKeys.LIST_PARTITION_REASSIGNMENTS, 0, 0, new ListPartitionReassignmentsHandler(broker)),
                api(ApiKeys.ALTER_REPLICA_LOG_DIRS, 1, 2, new AlterReplicaLogDirsHandler(broker)),
                api(ApiKeys.DESCRIBE_LOG_DIRS, 1, 5, new DescribeLogDirsHandler(broker)),
                api(ApiKeys.DESCRIBE_CLUSTER, 0, 2, new DescribeClusterHandler(broker)),
                api(ApiKeys.DESCRIBE_QUORUM, 0, 2, new DescribeQuorumHandler(broker)),
                api(ApiKeys.DESCRIBE_TOPIC_PARTITIONS, 0, 0, new DescribeTopicPartitionsHandler(broker)),
                api(ApiKeys.ADD_RAFT_VOTER, 0, 1, new AddRaftVoterHandler(broker)),
                api(ApiKeys.REMOVE_RAFT_VOTER, 0, 0, new RemoveRaftVoterHandler(broker)),
                api(ApiKeys.END_QUORUM_EPOCH, 0, 1, new EndQuorumEpochHandler(broker)),
                api(ApiKeys.ENVELOPE, 0, 0, new EnvelopeHandler(broker)),
                api(ApiKeys.DESCRIBE_PRODUCERS, 0, 0, new DescribeProducersHandler(broker)),
                api(ApiKeys.UPDATE_FEATURES, 0, 2, new UpdateFeaturesHandler(broker))));
        served.addAll(ofWhatIsNotHere());
        served.add(api(ApiKeys.API_VERSIONS, 0, 4, new ApiVersionsHandler(broker, served)));
        return new ApiTable(served);
    }

    /** APIs that administrators' tools ask, about things that this cluster has not: each is told so plainly. */
    private static List<Api<?, ?>> ofWhatIsNotHere() {
        return List.of(
                api(ApiKeys.DESCRIBE_ACLS, 1, 3, new DescribeAclsHandler()),
                api(ApiKeys.CREATE_ACLS, 1, 3, new CreateAclsHandler()),
                api(ApiKeys.DELETE_ACLS, 1, 3, new DeleteAclsHandler()),
                api(ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS, 0, 0, new DescribeUserScramCredentialsHandler()),
                api(ApiKeys.DESCRIBE_CLIENT_QUOTAS, 0, 1, new DescribeClientQuotasHandler()),
                api(ApiKeys.ALTER_CLIENT_QUOTAS, 0, 1, new AlterClientQuotasHandler()),
                api(ApiKeys.LIST_TRANSACTIONS, 0, 2, new ListTransactionsHandler()),
                api(ApiKeys.DESCRIBE_TRANSACTIONS, 0, 0, new DescribeTransactionsHandler()));
    }

    private static <Q extends ApiMessage, A extends ApiMessage> Api<Q, A> api(
            ApiKeys key, int minVersion, int maxVersion, ApiHandler<Q, A> handler) {
        return new Api<>(key, (short) minVersion, (short) maxVersion, handler);
    }

    /** The API of that key, when it is served. */
    public Optional<Api<?, ?>> find(short key) {
        return ApiKeys.hasId(key) ? Optional.ofNullable(apis.get(ApiKeys.forId(key))) : Optional.empty();
    }

    /** All that is served. */
    public Collection<Api<?, ?>> served() {
        return List.copyOf(apis.values());
    }
}
