package io.barnabas.net.kafka.handler;

import io.barnabas.metadata.rules.NodeInfo;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.RequestContext;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.AddRaftVoterRequestData;
import org.apache.kafka.common.message.AddRaftVoterResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * AddRaftVoter (KIP-853): lets a node vote in the metadata quorum. Where its Raft server listens is known from its
 * registration; a request that names other endpoints only is refused. Directory ids are not kept: they are not looked
 * at.
 */
public final class AddRaftVoterHandler implements ApiHandler<AddRaftVoterRequestData, AddRaftVoterResponseData> {

    private final Broker broker;
    private final Proposals proposals;

    public AddRaftVoterHandler(Broker broker) {
        this.broker = broker;
        this.proposals = new Proposals(broker);
    }

    @Override
    public CompletionStage<AddRaftVoterResponseData> handle(RequestContext context, AddRaftVoterRequestData request) {
        Optional<Proposals.Answer.Failed> flaw = Proposals.otherCluster(broker, request.clusterId());
        if (flaw.isEmpty()) {
            flaw = otherEndpoint(request);
        }
        return flaw.<CompletionStage<AddRaftVoterResponseData>>map(
                        failed -> CompletableFuture.completedFuture(response(failed)))
                .orElseGet(() -> proposals
                        .answer(
                                "adding voter " + request.voterId(),
                                broker.quorum().addVoter(request.voterId()))
                        .thenApply(AddRaftVoterHandler::response));
    }

    private Optional<Proposals.Answer.Failed> otherEndpoint(AddRaftVoterRequestData request) {
        Optional<NodeInfo> node = broker.quorum().image().node(request.voterId());
        if (node.isEmpty() || request.listeners().isEmpty()) {
            return Optional.empty();
        }
        String address = node.get().metadataAddress();
        return request.listeners().stream()
                        .anyMatch(listener -> (listener.host() + ":" + listener.port()).equals(address))
                ? Optional.empty()
                : Optional.of(new Proposals.Answer.Failed(
                        Errors.INVALID_REQUEST,
                        "the metadata Raft server of node " + request.voterId() + " listens at " + address
                                + ", which the request does not name"));
    }

    private static AddRaftVoterResponseData response(Proposals.Answer answer) {
        return switch (answer) {
            case Proposals.Answer.Done done -> new AddRaftVoterResponseData();
            case Proposals.Answer.Failed failed ->
                new AddRaftVoterResponseData()
                        .setErrorCode(failed.error().code())
                        .setErrorMessage(failed.message());
        };
    }
}
