package io.barnabas.net.kafka.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.metadata.QuorumStatus;
import io.barnabas.net.kafka.testing.Requests;
import java.util.List;
import org.apache.kafka.common.message.AddRaftVoterRequestData;
import org.apache.kafka.common.message.AddRaftVoterRequestData.Listener;
import org.apache.kafka.common.message.AddRaftVoterResponseData;
import org.apache.kafka.common.message.EndQuorumEpochRequestData;
import org.apache.kafka.common.message.EndQuorumEpochResponseData;
import org.apache.kafka.common.message.RemoveRaftVoterRequestData;
import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nodes 1 and 2 of three vote; node 1 leads in term 4. */
class VoterHandlersTest {

    private final ControlledCluster cluster = new ControlledCluster(3);
    private final Caller caller = new Caller();

    @BeforeEach
    void giveVotes() {
        cluster.quorum()
                .status(new QuorumStatus(
                        1,
                        4,
                        10,
                        List.of(new QuorumStatus.Member(1, 10, 0), new QuorumStatus.Member(2, 10, 0)),
                        List.of(new QuorumStatus.Member(3, 10, 0))));
    }

    @AfterEach
    void close() {
        caller.close();
    }

    @Test
    void addsAVoterWhoseEndpointIsTheRegisteredOneOrUnsaid() throws Exception {
        assertThat(add(3, "raft9", 8003)).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(add(3, "raft3", 8003)).isEqualTo(Errors.NONE);
        assertThat(voters()).containsExactly(1, 2, 3);
        assertThat(add(new AddRaftVoterRequestData().setClusterId(null).setVoterId(3)))
                .isEqualTo(Errors.DUPLICATE_VOTER);
        assertThat(add(new AddRaftVoterRequestData().setClusterId(null).setVoterId(9)))
                .isEqualTo(Errors.BROKER_ID_NOT_REGISTERED);
        assertThat(add(new AddRaftVoterRequestData()
                        .setClusterId(null)
                        .setVoterId(3)
                        .setClusterId("other")))
                .isEqualTo(Errors.INCONSISTENT_CLUSTER_ID);
    }

    @Test
    void removesAVoter() throws Exception {
        assertThat(remove(3, null)).isEqualTo(Errors.VOTER_NOT_FOUND);
        assertThat(remove(2, "other")).isEqualTo(Errors.INCONSISTENT_CLUSTER_ID);
        assertThat(remove(2, ControlledCluster.CLUSTER_ID)).isEqualTo(Errors.NONE);
        assertThat(voters()).containsExactly(1);
        cluster.quorum().available(false);
        assertThat(remove(1, null)).isEqualTo(Errors.REQUEST_TIMED_OUT);
    }

    @Test
    void endsTheEpochOfTheLeaderItIsToldOfOnly() throws Exception {
        assertThat(end(0, Requests.endEpoch(0, 1, 3, 2))).isEqualTo(Errors.FENCED_LEADER_EPOCH);
        assertThat(end(0, Requests.endEpoch(0, 1, 5, 2))).isEqualTo(Errors.UNKNOWN_LEADER_EPOCH);
        assertThat(end(0, Requests.endEpoch(0, 2, 4, 2))).isEqualTo(Errors.UNKNOWN_LEADER_EPOCH);
        assertThat(end(0, Requests.endEpoch(0, 1, 4, 3))).isEqualTo(Errors.VOTER_NOT_FOUND);
        assertThat(cluster.quorum().status().leader()).isEqualTo(1);
        assertThat(end(0, Requests.endEpoch(0, 1, 4, 2))).isEqualTo(Errors.NONE);
        assertThat(cluster.quorum().status().leader()).isEqualTo(2);
        assertThat(end(1, Requests.endEpoch(1, 2, 5, 1))).isEqualTo(Errors.NONE);
        assertThat(cluster.quorum().status().leader()).isEqualTo(1);

        EndQuorumEpochRequestData ofTopic = Requests.endEpoch(0, 1, 6, 2);
        ofTopic.topics().getFirst().setTopicName("orders");
        assertThat(send(0, ofTopic).errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
        EndQuorumEpochRequestData ofNobody = Requests.endEpoch(0, 1, 6, 2);
        ofNobody.topics().getFirst().partitions().getFirst().setPreferredSuccessors(List.of());
        assertThat(send(0, ofNobody).errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
    }

    @Test
    void aVoterIsNotUnregistered() throws Exception {
        UnregisterBrokerHandler handler = new UnregisterBrokerHandler(cluster);
        assertThat(caller.call(handler, 0, new UnregisterBrokerRequestData().setBrokerId(2))
                        .errorCode())
                .isEqualTo(Errors.INVALID_REQUEST.code());
        assertThat(caller.call(handler, 0, new UnregisterBrokerRequestData().setBrokerId(3))
                        .errorCode())
                .isEqualTo(Errors.NONE.code());
    }

    private List<Integer> voters() {
        return cluster.quorum().status().voters().stream()
                .map(QuorumStatus.Member::nodeId)
                .toList();
    }

    private Errors add(int voter, String host, int port) throws Exception {
        AddRaftVoterRequestData request =
                new AddRaftVoterRequestData().setClusterId(null).setVoterId(voter);
        request.listeners().add(new Listener().setName("RAFT").setHost(host).setPort(port));
        return add(request);
    }

    private Errors add(AddRaftVoterRequestData request) throws Exception {
        AddRaftVoterResponseData response = caller.call(new AddRaftVoterHandler(cluster), 1, request);
        return Errors.forCode(response.errorCode());
    }

    private Errors remove(int voter, String clusterId) throws Exception {
        RemoveRaftVoterRequestData request =
                new RemoveRaftVoterRequestData().setVoterId(voter).setClusterId(clusterId);
        return Errors.forCode(
                caller.call(new RemoveRaftVoterHandler(cluster), 0, request).errorCode());
    }

    private Errors end(int version, EndQuorumEpochRequestData request) throws Exception {
        return Errors.forCode(send(version, request)
                .topics()
                .getFirst()
                .partitions()
                .getFirst()
                .errorCode());
    }

    private EndQuorumEpochResponseData send(int version, EndQuorumEpochRequestData request) throws Exception {
        return caller.call(new EndQuorumEpochHandler(cluster), version, request);
    }
}
