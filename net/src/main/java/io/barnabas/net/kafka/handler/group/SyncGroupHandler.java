package io.barnabas.net.kafka.handler.group;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.barnabas.metadata.rules.group.GroupRequest;
import io.barnabas.metadata.rules.group.GroupResponse;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.KafkaErrors;
import io.barnabas.net.kafka.RequestContext;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;

/** SyncGroup: the leader of a classic group hands in the assignment, every member gets its part. */
public final class SyncGroupHandler implements ApiHandler<SyncGroupRequestData, SyncGroupResponseData> {

    private static final int FIRST_VERSION_WITH_PROTOCOL = 5;

    private final Coordination coordination;

    public SyncGroupHandler(Broker broker) {
        this.coordination = new Coordination(broker);
    }

    @Override
    public CompletionStage<SyncGroupResponseData> handle(RequestContext context, SyncGroupRequestData request) {
        if (request.groupId().isEmpty()) {
            return CompletableFuture.completedFuture(refused(Errors.INVALID_GROUP_ID));
        }
        if (context.apiVersion() >= FIRST_VERSION_WITH_PROTOCOL
                && (request.protocolType() == null || request.protocolName() == null)) {
            return CompletableFuture.completedFuture(refused(Errors.INCONSISTENT_GROUP_PROTOCOL));
        }
        Map<String, ByteString> assignments = new HashMap<>();
        request.assignments()
                .forEach(assignment -> assignments.put(
                        assignment.memberId(), UnsafeByteOperations.unsafeWrap(assignment.assignment())));
        GroupRequest.Sync sync = new GroupRequest.Sync(
                request.groupId(),
                request.memberId(),
                Coordination.present(request.groupInstanceId()),
                request.generationId(),
                Coordination.present(request.protocolType()),
                Coordination.present(request.protocolName()),
                assignments);
        return coordination.ask(
                sync,
                GroupResponse.Synced.class,
                synced -> new SyncGroupResponseData()
                        .setProtocolType(synced.protocolType())
                        .setProtocolName(synced.protocol())
                        .setAssignment(synced.assignment().toByteArray()),
                failed -> refused(KafkaErrors.of(failed.error())));
    }

    private static SyncGroupResponseData refused(Errors error) {
        return new SyncGroupResponseData().setErrorCode(error.code()).setAssignment(new byte[0]);
    }
}
