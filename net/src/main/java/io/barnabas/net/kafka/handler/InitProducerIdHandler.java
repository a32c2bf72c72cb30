package io.barnabas.net.kafka.handler;

import io.barnabas.metadata.rules.CommandReply;
import io.barnabas.metadata.rules.CommandResult;
import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.RequestContext;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * InitProducerId for idempotent producers. Ids come from blocks that the metadata quorum reserves for this node, so
 * that no id is given twice and most requests need no round trip.
 */
public final class InitProducerIdHandler implements ApiHandler<InitProducerIdRequestData, InitProducerIdResponseData> {

    private static final int BLOCK_SIZE = 1_000;

    private final Broker broker;
    private long next;
    private long end;
    /** The reservation under way, or null. */
    private CompletableFuture<Void> reservation;

    public InitProducerIdHandler(Broker broker) {
        this.broker = broker;
    }

    @Override
    public CompletionStage<InitProducerIdResponseData> handle(
            RequestContext context, InitProducerIdRequestData request) {
        if (request.transactionalId() != null) {
            // Of the codes that stop a transactional producer for good, the one whose text is nearest: this cluster
            // grants no transactional id.
            return CompletableFuture.completedFuture(failed(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED));
        }
        // A producer that asks to bump its epoch (KIP-360) without a transactional id gets a new id instead, as in
        // Kafka: nobody remembers who owns an id.
        return nextId().thenApply(
                        id -> new InitProducerIdResponseData().setProducerId(id).setProducerEpoch((short) 0))
                .exceptionally(error -> failed(Errors.COORDINATOR_LOAD_IN_PROGRESS));
    }

    private static InitProducerIdResponseData failed(Errors error) {
        return new InitProducerIdResponseData()
                .setErrorCode(error.code())
                .setProducerId(-1)
                .setProducerEpoch((short) -1);
    }

    private CompletableFuture<Long> nextId() {
        CompletableFuture<Void> reserving;
        synchronized (this) {
            if (next < end) {
                return CompletableFuture.completedFuture(next++);
            }
            reserving = reservation == null ? reserve() : reservation;
            // One that is done already has cleared the field before it could be set here.
            reservation = reserving.isDone() ? null : reserving;
        }
        return reserving.thenCompose(reserved -> nextId());
    }

    private CompletableFuture<Void> reserve() {
        return broker.quorum()
                .propose(new MetadataCommand.AllocateProducerIds(broker.nodeId(), BLOCK_SIZE))
                .handle((result, error) -> {
                    synchronized (this) {
                        reservation = null;
                        if (result instanceof CommandResult.Accepted accepted
                                && accepted.reply() instanceof CommandReply.ProducerIds ids) {
                            next = ids.first();
                            end = ids.first() + ids.count();
                            return null;
                        }
                    }
                    throw new IllegalStateException("no producer ids were reserved: " + result, error);
                });
    }
}
