package io.barnabas.metadata.rules.group;

import io.barnabas.metadata.rules.group.GroupRecord.ConsumerMemberState;
import io.barnabas.metadata.rules.group.GroupRequest.ConsumerHeartbeat;
import io.barnabas.metadata.rules.group.GroupResponse.ConsumerHeartbeatDone;
import io.barnabas.metadata.rules.group.MemberReconciliation.Said;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** The one request by which members of a consumer group join, stay, reconcile and leave (KIP-848). */
final class ConsumerHeartbeats {

    private static final int JOINING = 0;
    private static final int LEAVING = -1;

    private final Groups groups;

    ConsumerHeartbeats(Groups groups) {
        this.groups = groups;
    }

    /** Whether the request makes sense in itself, whatever the group is like. */
    static Optional<Group.Refused> flaw(ConsumerHeartbeat request) {
        boolean joins = request.memberEpoch() == JOINING;
        if (request.group().isEmpty()) {
            return invalid("the group id is empty");
        } else if (request.groupInstanceId().filter(String::isEmpty).isPresent()) {
            return invalid("the group instance id is empty");
        } else if (request.rack().filter(String::isEmpty).isPresent()) {
            return invalid("the rack is empty");
        } else if (request.memberEpoch() < ConsumerMember.LEFT_FOR_NOW) {
            return invalid("there is no member epoch " + request.memberEpoch());
        } else if (!joins && request.memberId().isEmpty()) {
            return invalid("only one who joins may have no member id");
        } else if (request.memberEpoch() == ConsumerMember.LEFT_FOR_NOW
                && request.groupInstanceId().isEmpty()) {
            return invalid("member epoch -2 is for static members, which have a group instance id");
        } else if (joins && request.rebalanceTimeoutMs().isEmpty()) {
            return invalid("one who joins must say its rebalance timeout");
        } else if (joins && !request.owned().map(Map::isEmpty).orElse(false)) {
            return invalid("one who joins must own no partitions, and say so");
        } else if (joins
                && request.subscribedTopics().isEmpty()
                && request.subscribedRegex().isEmpty()) {
            return invalid("one who joins must say what it subscribes to");
        } else if (request.serverAssignor().flatMap(Assignor::named).isEmpty()
                && request.serverAssignor().isPresent()) {
            return refused(
                    GroupError.UNSUPPORTED_ASSIGNOR,
                    "There is no server-side assignor '"
                            + request.serverAssignor().get() + "'; there are "
                            + Assignor.ALL.stream().map(Assignor::name).toList() + ".");
        }
        return request.subscribedRegex()
                .filter(expression -> !expression.isEmpty())
                .flatMap(TopicExpression::flaw)
                .map(flaw -> new Group.Refused(GroupError.INVALID_REGULAR_EXPRESSION, flaw));
    }

    private static Optional<Group.Refused> invalid(String flaw) {
        return refused(GroupError.INVALID_REQUEST, "Invalid heartbeat: " + flaw + ".");
    }

    private static Optional<Group.Refused> refused(GroupError error, String message) {
        return Optional.of(new Group.Refused(error, message));
    }

    static boolean leaves(ConsumerHeartbeat request) {
        return request.memberEpoch() < JOINING;
    }

    static boolean joins(ConsumerHeartbeat request) {
        return request.memberEpoch() == JOINING;
    }

    /** Serves a member that joins or stays; the request has no {@link #flaw}. */
    void heartbeat(ConsumerGroup group, ConsumerHeartbeat request, long ticket, Turn turn) {
        String memberId = request.memberId().isEmpty() ? groups.randomId().toString() : request.memberId();
        Optional<Group.Refused> refusal = refusal(group, memberId, request);
        if (refusal.isPresent()) {
            turn.fail(ticket, refusal.get().error(), refusal.get().message());
            return;
        }
        replaceStatic(group, memberId, request, turn);
        Optional<ConsumerMember> known = group.member(memberId);
        ConsumerMember before = known.orElseGet(() -> ConsumerMember.unknown(group.id(), memberId));
        // One who joins says everything: what it leaves out, it does not want.
        ConsumerMemberState said =
                joins(request) ? ConsumerMember.unknown(group.id(), memberId).wish() : before.wish();
        ConsumerMemberState wish = wish(said, request);
        Assignor assignor = group.targets().assignor();
        if (known.isEmpty() || !wish.equals(before.wish())) {
            group.write(wish, turn);
        }
        boolean resubscribed = known.isEmpty()
                || !group.targets().assignor().equals(assignor)
                || !wish.subscribedTopics().equals(before.wish().subscribedTopics())
                || !wish.subscribedRegex().equals(before.wish().subscribedRegex());
        if (resubscribed) {
            group.targets().changed(true, turn);
        } else {
            group.targets().watch(turn);
        }
        group.targets().renew(turn);
        ConsumerMember after = group.reconcile(memberId, new Said(request.owned(), joins(request)), turn);
        group.heardOf(after, turn.nowMs());
        boolean everything = joins(request) || tellsEverything(request);
        boolean tell = everything || !after.assigned().equals(before.assigned());
        turn.answer(
                ticket,
                new ConsumerHeartbeatDone(
                        memberId,
                        after.epoch(),
                        group.settings().heartbeatIntervalMs(),
                        tell ? Optional.of(after.assigned()) : Optional.empty()));
    }

    /** Whether it looks like a member's first heartbeat after it missed an answer: it may not know what it has. */
    private static boolean tellsEverything(ConsumerHeartbeat request) {
        return request.rebalanceTimeoutMs().isPresent()
                && (request.subscribedTopics().isPresent()
                        || request.subscribedRegex().isPresent())
                && request.owned().isPresent();
    }

    private Optional<Group.Refused> refusal(ConsumerGroup group, String memberId, ConsumerHeartbeat request) {
        Optional<ConsumerMember> member = group.member(memberId);
        Optional<ConsumerMember> namesake = request.groupInstanceId().flatMap(group::memberByInstance);
        if (joins(request)) {
            boolean takesPlace = namesake.isPresent();
            if (takesPlace && !mayReplace(namesake.get(), memberId)) {
                return refused(
                        GroupError.UNRELEASED_INSTANCE_ID,
                        "Instance id " + request.groupInstanceId().get() + " is in use by member "
                                + namesake.get().id() + ".");
            } else if (member.isEmpty() && !takesPlace && group.isFull()) {
                return refused(
                        GroupError.GROUP_MAX_SIZE_REACHED,
                        "Group " + group.id() + " is full: it may have "
                                + group.settings().maxSize() + " members.");
            }
            return Optional.empty();
        }
        Optional<Group.Refused> fenced = fenced(group, memberId, request.groupInstanceId());
        return fenced.isPresent() ? fenced : wrongEpoch(member.orElseThrow(), request);
    }

    /** A place is free when its last holder said so, or spoke the classic protocol, which cannot say so. */
    private static boolean mayReplace(ConsumerMember namesake, String memberId) {
        return namesake.id().equals(memberId)
                || namesake.epoch() == ConsumerMember.LEFT_FOR_NOW
                || namesake.classic().isPresent();
    }

    private static Optional<Group.Refused> fenced(ConsumerGroup group, String memberId, Optional<String> instanceId) {
        if (instanceId.isPresent()) {
            Optional<ConsumerMember> namesake = group.memberByInstance(instanceId.get());
            if (namesake.isEmpty()) {
                return refused(
                        GroupError.UNKNOWN_MEMBER_ID,
                        "Group " + group.id() + " has no member of instance id " + instanceId.get() + ".");
            } else if (!namesake.get().id().equals(memberId)) {
                return refused(
                        GroupError.FENCED_INSTANCE_ID,
                        "Member " + namesake.get().id() + " has taken the place of " + memberId + " with instance id "
                                + instanceId.get() + ".");
            }
        }
        return group.member(memberId).isPresent()
                ? Optional.empty()
                : refused(
                        GroupError.UNKNOWN_MEMBER_ID,
                        "'" + memberId + "' is not a member of group " + group.id() + ".");
    }

    private static Optional<Group.Refused> wrongEpoch(ConsumerMember member, ConsumerHeartbeat request) {
        if (request.memberEpoch() == member.epoch()) {
            return Optional.empty();
        }
        // The answer with the newer epoch may have been lost. Whoever owns no more than it has now is none the worse.
        boolean missedAnswer = request.memberEpoch() == member.previousEpoch()
                && request.owned().isPresent()
                && PartitionSets.without(request.owned().get(), member.assigned())
                        .isEmpty();
        return missedAnswer
                ? Optional.empty()
                : refused(
                        GroupError.FENCED_MEMBER_EPOCH,
                        "Member " + member.id() + " is at epoch " + member.epoch() + ", not at " + request.memberEpoch()
                                + ". It must give up all partitions and join again.");
    }

    /** Lets a static member that joins take over what the one before it had. */
    private static void replaceStatic(ConsumerGroup group, String memberId, ConsumerHeartbeat request, Turn turn) {
        Optional<ConsumerMember> namesake = request.groupInstanceId().flatMap(group::memberByInstance);
        boolean sameProcess = namesake.isPresent()
                && namesake.get().id().equals(memberId)
                && namesake.get().epoch() != ConsumerMember.LEFT_FOR_NOW;
        if (joins(request) && namesake.isPresent() && !sameProcess) {
            group.departures().replace(namesake.get(), memberId, turn);
        }
    }

    private static ConsumerMemberState wish(ConsumerMemberState before, ConsumerHeartbeat request) {
        return new ConsumerMemberState(
                before.group(),
                before.memberId(),
                request.groupInstanceId().or(before::groupInstanceId),
                request.rack().or(before::rack),
                request.clientId(),
                request.clientHost(),
                request.rebalanceTimeoutMs().orElse(before.rebalanceTimeoutMs()),
                request.subscribedTopics().map(Set::copyOf).orElse(before.subscribedTopics()),
                request.subscribedRegex().or(before::subscribedRegex),
                request.serverAssignor().or(before::serverAssignor),
                Optional.empty());
    }

    /** Serves a member that leaves, for good or for now. */
    void leave(ConsumerGroup group, ConsumerHeartbeat request, long ticket, Turn turn) {
        Optional<Group.Refused> fenced = fenced(group, request.memberId(), request.groupInstanceId());
        if (fenced.isPresent()) {
            turn.fail(ticket, fenced.get().error(), fenced.get().message());
            return;
        }
        ConsumerMember member = group.member(request.memberId()).orElseThrow();
        if (request.memberEpoch() == LEAVING) {
            group.departures().remove(List.of(member), turn);
        } else {
            group.departures().leaveForNow(member, turn);
        }
        turn.answer(
                ticket,
                new ConsumerHeartbeatDone(
                        member.id(), request.memberEpoch(), 0, Optional.<Map<UUID, Set<Integer>>>empty()));
    }
}
