package io.barnabas.metadata.rules.group;

import java.util.Optional;

/** Finds the group that a classic request is for, and makes it when the first member joins. */
final class ClassicGroups {

    private final Groups groups;

    ClassicGroups(Groups groups) {
        this.groups = groups;
    }

    void replay(GroupRecord.ClassicGroupState state) {
        groups.put(ClassicGroup.restore(groups, state));
    }

    void join(GroupRequest.Join request, long ticket, Turn turn) {
        GroupSettings.Classic limits = groups.settings().classic();
        if (request.group().isEmpty()) {
            turn.fail(ticket, GroupError.INVALID_GROUP_ID, "A group that is joined needs an id.");
            return;
        }
        if (request.sessionTimeoutMs() < limits.minSessionTimeoutMs()
                || request.sessionTimeoutMs() > limits.maxSessionTimeoutMs()) {
            turn.fail(
                    ticket,
                    GroupError.INVALID_SESSION_TIMEOUT,
                    "The session timeout must be " + limits.minSessionTimeoutMs() + " to "
                            + limits.maxSessionTimeoutMs() + " ms (group.min and group.max.session.timeout.ms).");
            return;
        }
        Optional<Group> found = groups.find(request.group());
        if (found.isPresent()
                && (found.get() instanceof ClassicGroup || !found.get().isEmpty())) {
            found.get().join(request, ticket, turn);
            return;
        }
        if (!request.memberId().isEmpty()) {
            unknownMember(request, ticket, turn);
            return;
        }
        if (found.isPresent()) {
            // An empty group of the other kind becomes what its first member speaks (KIP-848).
            found.get().close();
            turn.write(new GroupRecord.MembershipRemoved(request.group()));
        }
        ClassicGroup created = ClassicGroup.create(groups, request.group(), turn.nowMs());
        groups.put(created);
        turn.write(created.state());
        created.join(request, ticket, turn);
    }

    void sync(GroupRequest.Sync request, long ticket, Turn turn) {
        groups.find(request.group())
                .ifPresentOrElse(
                        group -> group.sync(request, ticket, turn), () -> unknownMember(request, ticket, turn));
    }

    void heartbeat(GroupRequest.Heartbeat request, long ticket, Turn turn) {
        groups.find(request.group())
                .ifPresentOrElse(
                        group -> group.heartbeat(request, ticket, turn), () -> unknownMember(request, ticket, turn));
    }

    void leave(GroupRequest.Leave request, long ticket, Turn turn) {
        groups.find(request.group())
                .ifPresentOrElse(
                        group -> group.leave(request, ticket, turn), () -> unknownMember(request, ticket, turn));
    }

    void describe(GroupRequest.DescribeClassic request, long ticket, Turn turn) {
        if (groups.find(request.group()).orElse(null) instanceof ClassicGroup group) {
            turn.answer(ticket, group.description());
        } else {
            turn.fail(ticket, GroupError.GROUP_ID_NOT_FOUND, "Group " + request.group() + " not found.");
        }
    }

    private static void unknownMember(GroupRequest request, long ticket, Turn turn) {
        turn.fail(ticket, GroupError.UNKNOWN_MEMBER_ID, "Group " + request.group() + " does not know the member.");
    }
}
