package io.barnabas.net.kafka.handler.group;

import io.barnabas.metadata.rules.group.GroupRequest;
import io.barnabas.metadata.rules.group.GroupResponse;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.KafkaErrors;
import io.barnabas.net.kafka.RequestContext;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;

/** Heartbeat: a member of a classic group lives, and hears whether the group gathers anew. */
public final class HeartbeatHandler implements ApiHandler<HeartbeatRequestData, HeartbeatResponseData> {

    private final Coordination coordination;

    public HeartbeatHandler(Broker broker) {
        this.coordination = new Coordination(broker);
    }

    @Override
    public CompletionStage<HeartbeatResponseData> handle(RequestContext context, HeartbeatRequestData request) {
        if (request.groupId().isEmpty()) {
            return CompletableFuture.completedFuture(answer(Errors.INVALID_GROUP_ID));
        }
        return coordination.ask(
                new GroupRequest.Heartbeat(
                        request.groupId(),
                        request.memberId(),
                        Coordination.present(request.groupInstanceId()),
                        request.generationId()),
                GroupResponse.Done.class,
                done -> answer(Errors.NONE),
                failed -> answer(KafkaErrors.of(failed.error())));
    }

    private static HeartbeatResponseData answer(Errors error) {
        return new HeartbeatResponseData().setErrorCode(error.code());
    }
}
