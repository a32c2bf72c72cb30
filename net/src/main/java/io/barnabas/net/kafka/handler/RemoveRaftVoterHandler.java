package io.barnabas.net.kafka.handler;

import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.RequestContext;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.RemoveRaftVoterRequestData;
import org.apache.kafka.common.message.RemoveRaftVoterResponseData;

/**
 * RemoveRaftVoter (KIP-853): takes a node's vote in the metadata quorum, which it follows from then on. Directory ids
 * are not kept: they are not looked at.
 */
public final class RemoveRaftVoterHandler
        implements ApiHandler<RemoveRaftVoterRequestData, RemoveRaftVoterResponseData> {

    private final Broker broker;
    private final Proposals proposals;

    public RemoveRaftVoterHandler(Broker broker) {
        this.broker = broker;
        this.proposals = new Proposals(broker);
    }

    @Override
    public CompletionStage<RemoveRaftVoterResponseData> handle(
            RequestContext context, RemoveRaftVoterRequestData request) {
        return Proposals.otherCluster(broker, request.clusterId())
                .<CompletionStage<RemoveRaftVoterResponseData>>map(
                        failed -> CompletableFuture.completedFuture(response(failed)))
                .orElseGet(() -> proposals
                        .answer(
                                "removing voter " + request.voterId(),
                                broker.quorum().removeVoter(request.voterId()))
                        .thenApply(RemoveRaftVoterHandler::response));
    }

    private static RemoveRaftVoterResponseData response(Proposals.Answer answer) {
        return switch (answer) {
            case Proposals.Answer.Done done -> new RemoveRaftVoterResponseData();
            case Proposals.Answer.Failed failed ->
                new RemoveRaftVoterResponseData()
                        .setErrorCode(failed.error().code())
                        .setErrorMessage(failed.message());
        };
    }
}
