package io.barnabas.net.kafka.handler;

import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.RequestContext;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.EnvelopeRequestData;
import org.apache.kafka.common.message.EnvelopeResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * Envelope: what one node has to say to another and Kafka has no call for. KIP-590 made it for requests that a broker
 * passes on; here it holds what nodes ask each other about partitions at rest. Such a message can let partitions wake,
 * or rest where all their replicas agree, and nothing else.
 */
public final class EnvelopeHandler implements ApiHandler<EnvelopeRequestData, EnvelopeResponseData> {

    private final Broker broker;

    public EnvelopeHandler(Broker broker) {
        this.broker = broker;
    }

    @Override
    public CompletionStage<EnvelopeResponseData> handle(RequestContext context, EnvelopeRequestData request) {
        ByteBuffer data = request.requestData();
        byte[] message = new byte[data.remaining()];
        data.get(data.position(), message);
        try {
            return broker.partitions()
                    .resting()
                    .answer(message)
                    .thenApply(answer -> new EnvelopeResponseData().setResponseData(ByteBuffer.wrap(answer)));
        } catch (IllegalArgumentException e) {
            return CompletableFuture.completedFuture(
                    new EnvelopeResponseData().setErrorCode(Errors.INVALID_REQUEST.code()));
        }
    }
}
