package io.barnabas.net.kafka.handler.group;

import io.barnabas.metadata.rules.group.GroupRequest;
import io.barnabas.metadata.rules.group.GroupResponse;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.KafkaErrors;
import io.barnabas.net.kafka.RequestContext;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.protocol.Errors;

/** DeleteGroups: forgets groups without members, and their offsets. */
public final class DeleteGroupsHandler implements ApiHandler<DeleteGroupsRequestData, DeleteGroupsResponseData> {

    private final Coordination coordination;

    public DeleteGroupsHandler(Broker broker) {
        this.coordination = new Coordination(broker);
    }

    @Override
    public CompletionStage<DeleteGroupsResponseData> handle(RequestContext context, DeleteGroupsRequestData request) {
        List<CompletableFuture<DeletableGroupResult>> results = request.groupsNames().stream()
                .distinct()
                .map(group -> coordination.ask(
                        new GroupRequest.DeleteGroup(group),
                        GroupResponse.Done.class,
                        done -> result(group, Errors.NONE),
                        failed -> result(group, KafkaErrors.of(failed.error()))))
                .toList();
        return Coordination.all(results).thenApply(done -> {
            DeleteGroupsResponseData response = new DeleteGroupsResponseData();
            response.results().addAll(done);
            return response;
        });
    }

    private static DeletableGroupResult result(String group, Errors error) {
        return new DeletableGroupResult().setGroupId(group).setErrorCode(error.code());
    }
}
