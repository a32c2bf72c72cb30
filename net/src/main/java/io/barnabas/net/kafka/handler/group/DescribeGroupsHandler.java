package io.barnabas.net.kafka.handler.group;

import io.barnabas.metadata.rules.group.GroupError;
import io.barnabas.metadata.rules.group.GroupRequest;
import io.barnabas.metadata.rules.group.GroupResponse;
import io.barnabas.metadata.rules.group.GroupResponse.ClassicDescription;
import io.barnabas.metadata.rules.group.GroupResponse.ClassicMember;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.KafkaErrors;
import io.barnabas.net.kafka.RequestContext;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroupMember;
import org.apache.kafka.common.protocol.Errors;

/** DescribeGroups: classic groups. One that is not known was Dead without an error before version 6 (KIP-1043). */
public final class DescribeGroupsHandler implements ApiHandler<DescribeGroupsRequestData, DescribeGroupsResponseData> {

    private static final String DEAD = "Dead";
    private static final int FIRST_VERSION_WITH_NOT_FOUND = 6;

    private final Coordination coordination;

    public DescribeGroupsHandler(Broker broker) {
        this.coordination = new Coordination(broker);
    }

    @Override
    public CompletionStage<DescribeGroupsResponseData> handle(
            RequestContext context, DescribeGroupsRequestData request) {
        List<CompletableFuture<DescribedGroup>> groups = request.groups().stream()
                .map(group -> coordination.ask(
                        new GroupRequest.DescribeClassic(group),
                        ClassicDescription.class,
                        DescribeGroupsHandler::described,
                        failed -> refused(context, group, failed)))
                .toList();
        return Coordination.all(groups).thenApply(done -> new DescribeGroupsResponseData().setGroups(done));
    }

    private static DescribedGroup described(ClassicDescription group) {
        return new DescribedGroup()
                .setGroupId(group.group())
                .setGroupState(group.state())
                .setProtocolType(group.protocolType())
                .setProtocolData(group.protocol())
                .setMembers(group.members().stream()
                        .map(DescribeGroupsHandler::member)
                        .toList());
    }

    private static DescribedGroupMember member(ClassicMember member) {
        return new DescribedGroupMember()
                .setMemberId(member.memberId())
                .setGroupInstanceId(member.groupInstanceId().orElse(null))
                .setClientId(member.clientId())
                .setClientHost(member.clientHost())
                .setMemberMetadata(member.metadata().toByteArray())
                .setMemberAssignment(member.assignment().toByteArray());
    }

    private static DescribedGroup refused(RequestContext context, String group, GroupResponse.Failed failed) {
        DescribedGroup described = new DescribedGroup().setGroupId(group);
        if (failed.error() != GroupError.GROUP_ID_NOT_FOUND) {
            return described.setErrorCode(KafkaErrors.of(failed.error()).code());
        }
        described.setGroupState(DEAD);
        return context.apiVersion() < FIRST_VERSION_WITH_NOT_FOUND
                ? described
                : described.setErrorCode(Errors.GROUP_ID_NOT_FOUND.code()).setErrorMessage(failed.message());
    }
}
