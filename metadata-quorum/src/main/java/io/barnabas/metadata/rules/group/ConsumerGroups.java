package io.barnabas.metadata.rules.group;

/** The consumer groups of a shard (KIP-848), and how groups become one or cease to be. */
final class ConsumerGroups {

    private final Groups groups;

    ConsumerGroups(Groups groups) {
        this.groups = groups;
    }

    void replay(GroupRecord.Membership record) {
        groups.find(record.group());
    }

    void heartbeat(GroupRequest.ConsumerHeartbeat request, long ticket, Turn turn) {
        turn.fail(ticket, GroupError.COORDINATOR_NOT_AVAILABLE, "This coordinator serves classic groups alone.");
    }

    void describe(GroupRequest.DescribeConsumer request, long ticket, Turn turn) {
        turn.fail(ticket, GroupError.GROUP_ID_NOT_FOUND, "Group " + request.group() + " is not a consumer group.");
    }
}
