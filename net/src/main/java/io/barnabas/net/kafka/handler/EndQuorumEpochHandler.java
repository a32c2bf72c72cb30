package io.barnabas.net.kafka.handler;

import io.barnabas.metadata.QuorumStatus;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.RequestContext;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.EndQuorumEpochRequestData;
import org.apache.kafka.common.message.EndQuorumEpochRequestData.PartitionData;
import org.apache.kafka.common.message.EndQuorumEpochRequestData.ReplicaInfo;
import org.apache.kafka.common.message.EndQuorumEpochResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * EndQuorumEpoch (KIP-595): ends the epoch of the metadata quorum's leader in favour of the first successor that the
 * request prefers. In Kafka a leader that resigns sends it to the other voters; here any node takes it, from
 * administrators. The epoch it names must be the present one, so that a request that comes late moves nobody.
 */
public final class EndQuorumEpochHandler implements ApiHandler<EndQuorumEpochRequestData, EndQuorumEpochResponseData> {

    private static final int FIRST_VERSION_WITH_CANDIDATES = 1;

    private final Broker broker;
    private final Proposals proposals;

    public EndQuorumEpochHandler(Broker broker) {
        this.broker = broker;
        this.proposals = new Proposals(broker);
    }

    @Override
    public CompletionStage<EndQuorumEpochResponseData> handle(
            RequestContext context, EndQuorumEpochRequestData request) {
        Optional<Proposals.Answer.Failed> otherCluster = Proposals.otherCluster(broker, request.clusterId());
        if (otherCluster.isPresent()) {
            return failed(otherCluster.get().error());
        }
        if (request.topics().size() != 1
                || !request.topics().getFirst().topicName().equals(Topic.CLUSTER_METADATA_TOPIC_NAME)
                || request.topics().getFirst().partitions().size() != 1
                || request.topics().getFirst().partitions().getFirst().partitionIndex() != 0) {
            return failed(Errors.INVALID_REQUEST);
        }
        PartitionData asked = request.topics().getFirst().partitions().getFirst();
        QuorumStatus status = broker.quorum().status();
        if (asked.leaderEpoch() < status.term()) {
            return CompletableFuture.completedFuture(response(Errors.FENCED_LEADER_EPOCH));
        }
        if (asked.leaderEpoch() > status.term() || asked.leaderId() != status.leader()) {
            return CompletableFuture.completedFuture(response(Errors.UNKNOWN_LEADER_EPOCH));
        }
        Optional<Integer> successor = context.apiVersion() >= FIRST_VERSION_WITH_CANDIDATES
                ? asked.preferredCandidates().stream()
                        .map(ReplicaInfo::candidateId)
                        .findFirst()
                : asked.preferredSuccessors().stream().findFirst();
        return successor
                .<CompletionStage<EndQuorumEpochResponseData>>map(id -> proposals
                        .answer(
                                "transferring the lead to " + id,
                                broker.quorum().transferLeadership(id))
                        .thenApply(answer -> response(errorOf(answer))))
                .orElseGet(() -> failed(Errors.INVALID_REQUEST));
    }

    private static Errors errorOf(Proposals.Answer answer) {
        return switch (answer) {
            case Proposals.Answer.Done done -> Errors.NONE;
            case Proposals.Answer.Failed failed -> failed.error();
        };
    }

    private static CompletionStage<EndQuorumEpochResponseData> failed(Errors error) {
        return CompletableFuture.completedFuture(new EndQuorumEpochResponseData().setErrorCode(error.code()));
    }

    /** The answer for the partition, with who leads now. */
    private EndQuorumEpochResponseData response(Errors error) {
        QuorumStatus status = broker.quorum().status();
        EndQuorumEpochResponseData response = new EndQuorumEpochResponseData();
        EndQuorumEpochResponseData.TopicData topic =
                new EndQuorumEpochResponseData.TopicData().setTopicName(Topic.CLUSTER_METADATA_TOPIC_NAME);
        topic.partitions()
                .add(new EndQuorumEpochResponseData.PartitionData()
                        .setPartitionIndex(0)
                        .setErrorCode(error.code())
                        .setLeaderId(status.leader())
                        .setLeaderEpoch(Math.toIntExact(status.term())));
        response.topics().add(topic);
        return response;
    }
}
