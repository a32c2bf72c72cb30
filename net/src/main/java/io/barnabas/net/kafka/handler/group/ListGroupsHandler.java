package io.barnabas.net.kafka.handler.group;

import io.barnabas.metadata.rules.group.GroupSummary;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.RequestContext;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;

/** ListGroups: the groups that this node coordinates; clients ask every node. */
public final class ListGroupsHandler implements ApiHandler<ListGroupsRequestData, ListGroupsResponseData> {

    private final Broker broker;

    public ListGroupsHandler(Broker broker) {
        this.broker = broker;
    }

    @Override
    public CompletionStage<ListGroupsResponseData> handle(RequestContext context, ListGroupsRequestData request) {
        return broker.groups()
                .list()
                .thenApply(groups -> new ListGroupsResponseData()
                        .setGroups(groups.stream()
                                .filter(group -> matches(request.statesFilter(), group.state()))
                                .filter(group -> matches(request.typesFilter(), type(group)))
                                .map(ListGroupsHandler::listed)
                                .toList()));
    }

    /** Whether one of the wanted names is meant, in whatever case; none wanted means all. */
    private static boolean matches(List<String> wanted, String name) {
        return wanted.isEmpty() || wanted.stream().anyMatch(name::equalsIgnoreCase);
    }

    private static String type(GroupSummary group) {
        return switch (group.type()) {
            case CLASSIC -> "classic";
            case CONSUMER -> "consumer";
        };
    }

    private static ListedGroup listed(GroupSummary group) {
        return new ListedGroup()
                .setGroupId(group.group())
                .setProtocolType(group.protocolType())
                .setGroupState(group.state())
                .setGroupType(type(group));
    }
}
