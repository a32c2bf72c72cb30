package io.barnabas.net.kafka.handler.group;

import com.google.protobuf.UnsafeByteOperations;
import io.barnabas.metadata.rules.group.GroupRequest;
import io.barnabas.metadata.rules.group.GroupRequest.Protocol;
import io.barnabas.metadata.rules.group.GroupResponse;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.KafkaErrors;
import io.barnabas.net.kafka.RequestContext;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.apache.kafka.common.protocol.Errors;

/** JoinGroup: takes a member into the next generation of a classic group; answered when the group has gathered. */
public final class JoinGroupHandler implements ApiHandler<JoinGroupRequestData, JoinGroupResponseData> {

    private static final int UNKNOWN_GENERATION = -1;
    private static final int FIRST_VERSION_WITH_MEMBER_ID_REQUIRED = 4;
    private static final int FIRST_VERSION_WITHOUT_PROTOCOL = 7;
    private static final int FIRST_VERSION_TO_SKIP_ASSIGNMENT = 9;

    private final Coordination coordination;

    public JoinGroupHandler(Broker broker) {
        this.coordination = new Coordination(broker);
    }

    @Override
    public CompletionStage<JoinGroupResponseData> handle(RequestContext context, JoinGroupRequestData request) {
        if (request.groupId().isEmpty()) {
            return CompletableFuture.completedFuture(
                    refused(context, Errors.INVALID_GROUP_ID).setMemberId(request.memberId()));
        }
        List<Protocol> protocols = request.protocols().stream()
                .map(protocol -> new Protocol(protocol.name(), UnsafeByteOperations.unsafeWrap(protocol.metadata())))
                .toList();
        GroupRequest.Join join = new GroupRequest.Join(
                request.groupId(),
                request.memberId(),
                Coordination.present(request.groupInstanceId()),
                context.clientId() == null ? "" : context.clientId(),
                clientHost(context),
                request.sessionTimeoutMs(),
                // Version 0 has one timeout for both.
                request.rebalanceTimeoutMs() < 0 ? request.sessionTimeoutMs() : request.rebalanceTimeoutMs(),
                request.protocolType(),
                protocols,
                context.apiVersion() >= FIRST_VERSION_WITH_MEMBER_ID_REQUIRED,
                context.apiVersion() >= FIRST_VERSION_TO_SKIP_ASSIGNMENT);
        return coordination.ask(join, response -> answer(context, request.memberId(), response));
    }

    /** As Kafka's tools show it. */
    static String clientHost(RequestContext context) {
        return "/" + context.remote().getAddress().getHostAddress();
    }

    private static JoinGroupResponseData answer(RequestContext context, String memberId, GroupResponse response) {
        return switch (response) {
            case GroupResponse.Failed failed ->
                refused(context, KafkaErrors.of(failed.error())).setMemberId(memberId);
            case GroupResponse.MemberIdRequired required ->
                refused(context, Errors.MEMBER_ID_REQUIRED).setMemberId(required.memberId());
            case GroupResponse.Joined joined ->
                new JoinGroupResponseData()
                        .setMemberId(joined.memberId())
                        .setGenerationId(joined.generation())
                        .setProtocolType(joined.protocolType())
                        .setProtocolName(joined.protocol())
                        .setLeader(joined.leader())
                        .setSkipAssignment(joined.skipAssignment())
                        .setMembers(joined.members().stream()
                                .map(JoinGroupHandler::member)
                                .toList());
            default -> throw new IllegalStateException("not an answer to a join: " + response);
        };
    }

    private static JoinGroupResponseMember member(GroupResponse.JoinedMember member) {
        return new JoinGroupResponseMember()
                .setMemberId(member.memberId())
                .setGroupInstanceId(member.groupInstanceId().orElse(null))
                .setMetadata(member.metadata().toByteArray());
    }

    private static JoinGroupResponseData refused(RequestContext context, Errors error) {
        return new JoinGroupResponseData()
                .setErrorCode(error.code())
                .setGenerationId(UNKNOWN_GENERATION)
                .setProtocolName(context.apiVersion() >= FIRST_VERSION_WITHOUT_PROTOCOL ? null : "")
                .setLeader("");
    }
}
