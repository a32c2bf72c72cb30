package io.barnabas.net.kafka.handler.group;

import io.barnabas.metadata.rules.group.GroupRequest;
import io.barnabas.metadata.rules.group.GroupRequest.LeavingMember;
import io.barnabas.metadata.rules.group.GroupResponse;
import io.barnabas.metadata.rules.group.GroupResponse.LeftMember;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.KafkaErrors;
import io.barnabas.net.kafka.RequestContext;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupResponseData.MemberResponse;
import org.apache.kafka.common.protocol.Errors;

/** LeaveGroup: members go, or an administrator sends them away. */
public final class LeaveGroupHandler implements ApiHandler<LeaveGroupRequestData, LeaveGroupResponseData> {

    private static final int FIRST_BATCHED_VERSION = 3;

    private final Coordination coordination;

    public LeaveGroupHandler(Broker broker) {
        this.coordination = new Coordination(broker);
    }

    @Override
    public CompletionStage<LeaveGroupResponseData> handle(RequestContext context, LeaveGroupRequestData request) {
        if (request.groupId().isEmpty()) {
            return CompletableFuture.completedFuture(answer(Errors.INVALID_GROUP_ID));
        }
        boolean batched = context.apiVersion() >= FIRST_BATCHED_VERSION;
        List<LeavingMember> leaving = batched
                ? request.members().stream()
                        .map(member ->
                                new LeavingMember(member.memberId(), Coordination.present(member.groupInstanceId())))
                        .toList()
                : List.of(new LeavingMember(request.memberId(), Optional.empty()));
        return coordination.ask(
                new GroupRequest.Leave(request.groupId(), leaving),
                GroupResponse.Left.class,
                left -> batched
                        ? answer(Errors.NONE)
                                .setMembers(left.members().stream()
                                        .map(LeaveGroupHandler::member)
                                        .toList())
                        : answer(error(left.members().getFirst())),
                failed -> answer(KafkaErrors.of(failed.error())));
    }

    private static MemberResponse member(LeftMember member) {
        return new MemberResponse()
                .setMemberId(member.memberId())
                .setGroupInstanceId(member.groupInstanceId().orElse(null))
                .setErrorCode(error(member).code());
    }

    private static Errors error(LeftMember member) {
        return member.error().map(KafkaErrors::of).orElse(Errors.NONE);
    }

    private static LeaveGroupResponseData answer(Errors error) {
        return new LeaveGroupResponseData().setErrorCode(error.code());
    }
}
