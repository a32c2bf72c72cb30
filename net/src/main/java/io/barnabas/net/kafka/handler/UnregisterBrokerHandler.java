package io.barnabas.net.kafka.handler;

import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.RequestContext;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.message.UnregisterBrokerResponseData;
import org.apache.kafka.common.protocol.Errors;

/** UnregisterBroker: forgets a node that is gone for good. */
public final class UnregisterBrokerHandler
        implements ApiHandler<UnregisterBrokerRequestData, UnregisterBrokerResponseData> {

    private final Broker broker;
    private final Proposals proposals;

    public UnregisterBrokerHandler(Broker broker) {
        this.broker = broker;
        this.proposals = new Proposals(broker);
    }

    @Override
    public CompletionStage<UnregisterBrokerResponseData> handle(
            RequestContext context, UnregisterBrokerRequestData request) {
        if (broker.quorum().status().voters().stream().anyMatch(voter -> voter.nodeId() == request.brokerId())) {
            return CompletableFuture.completedFuture(new UnregisterBrokerResponseData()
                    .setErrorCode(Errors.INVALID_REQUEST.code())
                    .setErrorMessage(
                            "node " + request.brokerId() + " votes in the metadata quorum; remove its vote first"));
        }
        return proposals
                .propose(new MetadataCommand.UnregisterNode(request.brokerId()))
                .thenApply(answer -> switch (answer) {
                    case Proposals.Answer.Done done -> new UnregisterBrokerResponseData();
                    case Proposals.Answer.Failed failed ->
                        new UnregisterBrokerResponseData()
                                .setErrorCode(failed.error().code())
                                .setErrorMessage(failed.message());
                });
    }
}
