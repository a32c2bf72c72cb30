package io.barnabas.metadata.rules.group;

import java.util.Optional;

/** The consumer groups of a shard (KIP-848), and how groups become one. */
final class ConsumerGroups {

    private final Groups groups;
    private final ConsumerHeartbeats heartbeats;

    ConsumerGroups(Groups groups) {
        this.groups = groups;
        this.heartbeats = new ConsumerHeartbeats(groups);
    }

    void replay(GroupRecord.Membership record) {
        if (groups.find(record.group()).orElse(null) instanceof ConsumerGroup known) {
            known.apply(record);
        } else {
            ConsumerGroup group = new ConsumerGroup(groups, record.group());
            groups.put(group);
            group.apply(record);
        }
    }

    void heartbeat(GroupRequest.ConsumerHeartbeat request, long ticket, Turn turn) {
        Optional<Group.Refused> flaw = ConsumerHeartbeats.flaw(request);
        if (flaw.isPresent()) {
            turn.fail(ticket, flaw.get().error(), flaw.get().message());
            return;
        }
        Group found = groups.find(request.group()).orElse(null);
        if (found instanceof ConsumerGroup group) {
            if (ConsumerHeartbeats.leaves(request)) {
                heartbeats.leave(group, request, ticket, turn);
            } else {
                heartbeats.heartbeat(group, request, ticket, turn);
            }
        } else if (!ConsumerHeartbeats.joins(request)) {
            notFound(request, ticket, turn);
        } else if (found instanceof ClassicGroup classic && !classic.isEmpty()) {
            Optional<Group.Refused> refusal = ConsumerMigration.upgradeRefusal(classic, groups.settings());
            if (refusal.isPresent()) {
                turn.fail(ticket, refusal.get().error(), refusal.get().message());
            } else {
                heartbeats.heartbeat(ConsumerMigration.upgrade(classic, groups, turn), request, ticket, turn);
            }
        } else {
            if (found != null) {
                found.close();
                turn.write(new GroupRecord.MembershipRemoved(request.group()));
            }
            ConsumerGroup created = new ConsumerGroup(groups, request.group());
            groups.put(created);
            heartbeats.heartbeat(created, request, ticket, turn);
        }
    }

    void describe(GroupRequest.DescribeConsumer request, long ticket, Turn turn) {
        if (groups.find(request.group()).orElse(null) instanceof ConsumerGroup group) {
            turn.answer(ticket, group.description());
        } else {
            notFound(request, ticket, turn);
        }
    }

    private static void notFound(GroupRequest request, long ticket, Turn turn) {
        turn.fail(ticket, GroupError.GROUP_ID_NOT_FOUND, "There is no consumer group " + request.group() + ".");
    }
}
