package io.barnabas.net.kafka;

import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * Answers one Kafka API. The versions it serves stand beside it in {@link ApiTable}.
 *
 * <p>{@code handle} runs on the connection's event loop and must not block. What it does before it returns happens in
 * the order of the connection's requests (dispatched); what it leaves to the returned stage may overlap with later
 * requests (produced). Responses always leave in the order of the requests.
 *
 * @param <Q> the request message
 * @param <A> the response message
 */
@FunctionalInterface
public interface ApiHandler<Q extends ApiMessage, A extends ApiMessage> {

    /**
     * Handles one request.
     *
     * @return the response, in time; null or a stage of null when the protocol wants none (produce with acks=0); a
     *     stage that fails closes the connection, and is logged as an error unless it is a
     *     {@link DropConnectionException}. The stage is cancelled when the connection ends before it completes.
     */
    CompletionStage<A> handle(RequestContext context, Q request);
}
