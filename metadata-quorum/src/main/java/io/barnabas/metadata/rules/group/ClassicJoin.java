package io.barnabas.metadata.rules.group;

import io.barnabas.metadata.rules.group.ClassicRebalance.State;
import io.barnabas.metadata.rules.group.Deadlines.Kind;
import java.util.List;
import java.util.Optional;

/** What JoinGroup does to a classic group. */
final class ClassicJoin {

    private final Groups groups;
    private final String groupId;
    private final ClassicRebalance rebalance;
    private final ClassicRoster roster;

    ClassicJoin(Groups groups, String groupId, ClassicRebalance rebalance) {
        this.groups = groups;
        this.groupId = groupId;
        this.rebalance = rebalance;
        this.roster = rebalance.roster();
    }

    void join(GroupRequest.Join request, long ticket, Turn turn) {
        Optional<ClassicMember> known = request.memberId().isEmpty()
                ? request.groupInstanceId().flatMap(roster::findStatic)
                : roster.find(request.memberId());
        if (isFull(known)) {
            turnAway(request, ticket, known, turn);
        } else if (!understood(request)) {
            turn.fail(
                    ticket,
                    GroupError.INCONSISTENT_GROUP_PROTOCOL,
                    "The member shares no protocol with the members of group " + groupId + ".");
        } else if (!request.memberId().isEmpty()) {
            joinAgain(request, ticket, turn);
        } else if (known.isPresent()) {
            replace(known.get(), request, ticket, turn);
        } else {
            joinAnew(request, ticket, turn);
        }
    }

    /**
     * Whether there is no room. While a rebalance gathers its members those count who have joined, so that a group over
     * its size loses its last ones.
     */
    private boolean isFull(Optional<ClassicMember> known) {
        int maxSize = groups.settings().classic().maxSize();
        return switch (rebalance.state()) {
            case EMPTY -> false;
            case PREPARING_REBALANCE ->
                !known.map(ClassicMember::awaitsJoin).orElse(false) && roster.waitingToJoin() >= maxSize;
            case COMPLETING_REBALANCE, STABLE -> known.isEmpty() && roster.size() >= maxSize;
        };
    }

    private void turnAway(GroupRequest.Join request, long ticket, Optional<ClassicMember> known, Turn turn) {
        known.ifPresent(member -> rebalance.remove(member, turn));
        if (roster.giveUp(request.memberId())) {
            groups.deadlines().cancel(groupId, Kind.PENDING_JOIN, request.memberId());
        }
        turn.fail(
                ticket,
                GroupError.GROUP_MAX_SIZE_REACHED,
                "Group " + groupId + " has as many members as group.max.size allows.");
        rebalance.completeIfAllJoined(turn);
    }

    private boolean understood(GroupRequest.Join request) {
        if (request.protocolType().isEmpty() || request.protocols().isEmpty()) {
            return false;
        }
        return rebalance.is(State.EMPTY)
                || (rebalance.protocolType().equals(request.protocolType())
                        && roster.supportsOneOf(request.protocols()));
    }

    private void joinAnew(GroupRequest.Join request, long ticket, Turn turn) {
        String memberId = newMemberId(request);
        if (request.groupInstanceId().isPresent() || !request.memberIdRequired()) {
            rebalance.add(ClassicMember.joining(memberId, request, ticket), request.protocolType(), turn);
            return;
        }
        // KIP-394: only who has an id becomes a member, or clients that give up and retry would fill the group.
        roster.await(memberId);
        groups.deadlines().set(groupId, Kind.PENDING_JOIN, memberId, turn.nowMs() + request.sessionTimeoutMs());
        turn.answer(ticket, new GroupResponse.MemberIdRequired(memberId));
    }

    private String newMemberId(GroupRequest.Join request) {
        return request.groupInstanceId().orElse(request.clientId()) + "-" + groups.randomId();
    }

    private void joinAgain(GroupRequest.Join request, long ticket, Turn turn) {
        String memberId = request.memberId();
        if (roster.isAwaited(memberId) && request.groupInstanceId().isEmpty()) {
            rebalance.add(ClassicMember.joining(memberId, request, ticket), request.protocolType(), turn);
            return;
        }
        Optional<GroupError> refusal = roster.refusal(memberId, request.groupInstanceId());
        if (refusal.isPresent()) {
            turn.fail(ticket, refusal.get(), "Member " + memberId + " is not in group " + groupId + " now.");
            return;
        }
        ClassicMember member = roster.find(memberId).orElseThrow();
        boolean changed = !member.protocols().equals(request.protocols());
        boolean rejoin = switch (rebalance.state()) {
            case EMPTY, PREPARING_REBALANCE -> true;
            // The same again: the answer may have been lost, the generation is still good.
            case COMPLETING_REBALANCE -> changed;
            // What the leader bases its assignment on may have changed, such as the number of partitions.
            case STABLE -> changed || roster.isLeader(memberId);
        };
        if (rejoin) {
            roster.rejoin(member, request, ticket, turn);
            rebalance.prepareOrComplete(turn);
        } else {
            turn.answer(ticket, rebalance.joined(memberId, false));
        }
    }

    /** A static member came back without its id: it gets a new one, and whoever has the old one is fenced (KIP-345). */
    private void replace(ClassicMember old, GroupRequest.Join request, long ticket, Turn turn) {
        String leaderBefore = roster.leader().orElse("");
        ClassicMember member = rebalance.replace(old, newMemberId(request), turn);
        roster.rejoin(member, request, ticket, turn);
        switch (rebalance.state()) {
            case STABLE -> {
                if (rebalance.protocol().orElse("").equals(roster.elected())) {
                    rebalance.writeDown(turn);
                    member.answerJoin(unchanged(member, request, leaderBefore), turn);
                } else {
                    rebalance.writeReplaced(member, turn);
                    rebalance.prepare(turn);
                }
            }
            case COMPLETING_REBALANCE -> {
                // The leader may be about to assign to the old id.
                rebalance.writeReplaced(member, turn);
                rebalance.prepare(turn);
            }
            case EMPTY, PREPARING_REBALANCE -> {
                rebalance.writeReplaced(member, turn);
                rebalance.completeIfAllJoined(turn);
            }
        }
    }

    /**
     * The generation that the member was in before. A leader is told not to assign (KIP-814); one that does not
     * understand this learns of the old leader, so that it does not take itself for it.
     */
    private GroupResponse.Joined unchanged(ClassicMember member, GroupRequest.Join request, String leaderBefore) {
        GroupResponse.Joined joined = rebalance.joined(member.id(), roster.isLeader(member.id()));
        if (request.maySkipAssignment() || !roster.isLeader(member.id())) {
            return joined;
        }
        return new GroupResponse.Joined(
                joined.memberId(),
                joined.generation(),
                joined.protocolType(),
                joined.protocol(),
                leaderBefore,
                false,
                List.of());
    }
}
