package io.barnabas.metadata.rules.group;

import com.google.protobuf.ByteString;
import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.metadata.rules.group.ConsumerMember.State;
import io.barnabas.metadata.rules.group.ConsumerProtocolFormat.Subscription;
import io.barnabas.metadata.rules.group.Deadlines.Kind;
import io.barnabas.metadata.rules.group.GroupRecord.ClassicSide;
import io.barnabas.metadata.rules.group.GroupRecord.ConsumerMemberState;
import io.barnabas.metadata.rules.group.GroupRequest.LeavingMember;
import io.barnabas.metadata.rules.group.GroupRequest.Protocol;
import io.barnabas.metadata.rules.group.GroupResponse.LeftMember;
import io.barnabas.metadata.rules.group.MemberReconciliation.Said;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Members of a consumer group that still speak the classic protocol, while its other members have moved on (KIP-848,
 * "Online migration"). What a consumer member says and hears in one heartbeat takes such a member several requests: a
 * heartbeat tells it to join again, the join says what it owns and takes it a step towards its target, the sync brings
 * what it has now. Nobody waits for anybody, and nobody leads.
 */
final class ClassicGuests {

    private final Groups groups;
    private final ConsumerGroup group;
    private final ConsumerDepartures departures;

    ClassicGuests(Groups groups, ConsumerGroup group, ConsumerDepartures departures) {
        this.groups = groups;
        this.group = group;
        this.departures = departures;
    }

    void join(GroupRequest.Join request, long ticket, Turn turn) {
        Optional<Subscription> subscription = request.protocols().stream()
                .findFirst()
                .flatMap(first -> ConsumerProtocolFormat.readSubscription(first.metadata()));
        Optional<Group.Refused> refusal = joinRefusal(request, subscription);
        if (refusal.isPresent()) {
            turn.fail(ticket, refusal.get().error(), refusal.get().message());
            return;
        }
        boolean anonymous = request.memberId().isEmpty();
        String memberId = anonymous
                ? request.groupInstanceId().orElse(request.clientId()) + "-" + groups.randomId()
                : request.memberId();
        if (anonymous && request.memberIdRequired() && request.groupInstanceId().isEmpty()) {
            turn.answer(ticket, new GroupResponse.MemberIdRequired(memberId));
            return;
        }
        request.groupInstanceId()
                .flatMap(group::memberByInstance)
                .filter(namesake -> !namesake.id().equals(memberId))
                .ifPresent(namesake -> departures.replace(namesake, memberId, turn));
        ConsumerMember member = settle(memberId, request, subscription.orElseThrow(), turn);
        if (ConsumerMigration.mayDowngrade(group, groups.settings())) {
            // It took the place of the last one that spoke the new protocol.
            ConsumerMigration.downgrade(group, groups, turn).join(renamed(request, memberId), ticket, turn);
            return;
        }
        group.heardOf(member, turn.nowMs());
        group.deadlines().cancel(group.id(), Kind.JOIN, memberId);
        group.deadlines().set(group.id(), Kind.SYNC, memberId, turn.nowMs() + request.rebalanceTimeoutMs());
        turn.answer(
                ticket,
                new GroupResponse.Joined(
                        memberId,
                        member.epoch(),
                        ConsumerProtocolFormat.PROTOCOL_TYPE,
                        protocol(member).name(),
                        "",
                        false,
                        List.of()));
    }

    private Optional<Group.Refused> joinRefusal(GroupRequest.Join request, Optional<Subscription> subscription) {
        GroupSettings.Classic limits = groups.settings().classic();
        boolean tooShort = request.sessionTimeoutMs() < limits.minSessionTimeoutMs();
        if (tooShort || request.sessionTimeoutMs() > limits.maxSessionTimeoutMs()) {
            return refused(
                    GroupError.INVALID_SESSION_TIMEOUT,
                    "The session timeout must be between " + limits.minSessionTimeoutMs() + " and "
                            + limits.maxSessionTimeoutMs() + " ms.");
        } else if (groups.settings().consumer().migration() == GroupSettings.Migration.DISABLED) {
            return refused(
                    GroupError.INCONSISTENT_GROUP_PROTOCOL,
                    "Group " + group.id() + " uses the consumer protocol, and group.consumer.migration.policy "
                            + "does not let members of the classic protocol join.");
        } else if (subscription.isEmpty() || !isUnderstood(request)) {
            return refused(
                    GroupError.INCONSISTENT_GROUP_PROTOCOL,
                    "The member shares no protocol with the members of group " + group.id() + ".");
        }
        Optional<ConsumerMember> namesake = request.groupInstanceId().flatMap(group::memberByInstance);
        if (!request.memberId().isEmpty() && request.groupInstanceId().isPresent()) {
            return fenced(request.memberId(), request.groupInstanceId());
        } else if (!request.memberId().isEmpty()
                && !subscription.get().owned().isEmpty()
                && group.member(request.memberId()).isEmpty()) {
            // It was a member until its time was over, and still uses what others have by now.
            return refused(
                    GroupError.UNKNOWN_MEMBER_ID,
                    "'" + request.memberId() + "' is not a member of group " + group.id() + " any more.");
        } else if (group.isFull()
                && namesake.isEmpty()
                && group.member(request.memberId()).isEmpty()) {
            return refused(
                    GroupError.GROUP_MAX_SIZE_REACHED,
                    "Group " + group.id() + " has as many members as group.consumer.max.size allows.");
        }
        return Optional.empty();
    }

    private static Optional<Group.Refused> refused(GroupError error, String message) {
        return Optional.of(new Group.Refused(error, message));
    }

    /** Whether all classic members know one of its protocols, so that the group can become a classic one again. */
    private boolean isUnderstood(GroupRequest.Join request) {
        if (!request.protocolType().equals(ConsumerProtocolFormat.PROTOCOL_TYPE)) {
            return false;
        }
        return request.protocols().stream()
                .anyMatch(protocol -> group.members().stream()
                        .filter(member -> !member.id().equals(request.memberId()))
                        .filter(member -> request.groupInstanceId().isEmpty()
                                || !member.wish().groupInstanceId().equals(request.groupInstanceId()))
                        .flatMap(member -> member.classic().stream())
                        .allMatch(classic -> classic.protocols().stream()
                                .anyMatch(known -> known.name().equals(protocol.name()))));
    }

    /** Takes in what the member says and takes it a step towards its target. */
    private ConsumerMember settle(String memberId, GroupRequest.Join request, Subscription subscription, Turn turn) {
        Optional<ConsumerMember> known = group.member(memberId);
        ConsumerMember before = known.orElseGet(() -> ConsumerMember.unknown(group.id(), memberId));
        ConsumerMemberState wish = new ConsumerMemberState(
                group.id(),
                memberId,
                request.groupInstanceId().or(before.wish()::groupInstanceId),
                subscription.rack(),
                request.clientId(),
                request.clientHost(),
                request.rebalanceTimeoutMs(),
                subscription.topics(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(new ClassicSide(request.sessionTimeoutMs(), request.protocols())));
        Assignor assignor = group.targets().assignor();
        if (known.isEmpty() || !wish.equals(before.wish())) {
            group.write(wish, turn);
        }
        boolean resubscribed = known.isEmpty()
                || !group.targets().assignor().equals(assignor)
                || !wish.subscribedTopics().equals(before.wish().subscribedTopics())
                || ConsumerTarget.expression(before).isPresent();
        if (resubscribed) {
            group.targets().changed(true, turn);
        } else {
            group.targets().watch(turn);
        }
        group.targets().renew(turn);
        Said said = new Said(Optional.of(byId(subscription.owned(), turn.image())), true);
        return group.reconcile(memberId, said, turn);
    }

    private static GroupRequest.Join renamed(GroupRequest.Join request, String memberId) {
        return new GroupRequest.Join(
                request.group(),
                memberId,
                request.groupInstanceId(),
                request.clientId(),
                request.clientHost(),
                request.sessionTimeoutMs(),
                request.rebalanceTimeoutMs(),
                request.protocolType(),
                request.protocols(),
                request.memberIdRequired(),
                request.maySkipAssignment());
    }

    void sync(GroupRequest.Sync request, long ticket, Turn turn) {
        Optional<Group.Refused> refusal = refusal(request.memberId(), request.groupInstanceId(), request.generation());
        if (refusal.isPresent()) {
            turn.fail(ticket, refusal.get().error(), refusal.get().message());
            return;
        }
        ConsumerMember member = group.member(request.memberId()).orElseThrow();
        Protocol protocol = protocol(member);
        boolean otherType = request.protocolType()
                .filter(type -> !type.equals(ConsumerProtocolFormat.PROTOCOL_TYPE))
                .isPresent();
        if (otherType
                || request.protocol()
                        .filter(name -> !name.equals(protocol.name()))
                        .isPresent()) {
            turn.fail(
                    ticket,
                    GroupError.INCONSISTENT_GROUP_PROTOCOL,
                    "Member " + member.id() + " was told to use protocol " + protocol.name() + ".");
        } else if (member.epoch() < group.groupEpoch() && member.state() != State.UNREVOKED) {
            // One that has to give something up first must hear of it now, before it catches up.
            joinAgainInTime(member, turn);
            turn.fail(ticket, GroupError.REBALANCE_IN_PROGRESS, "The group is rebalancing.");
        } else {
            group.deadlines().cancel(group.id(), Kind.SYNC, member.id());
            group.heardOf(member, turn.nowMs());
            turn.answer(
                    ticket,
                    new GroupResponse.Synced(
                            ConsumerProtocolFormat.PROTOCOL_TYPE,
                            protocol.name(),
                            assignment(member.assigned(), protocol.metadata(), turn.image())));
        }
    }

    void heartbeat(GroupRequest.Heartbeat request, long ticket, Turn turn) {
        Optional<Group.Refused> refusal = refusal(request.memberId(), request.groupInstanceId(), request.generation());
        if (refusal.isPresent()) {
            turn.fail(ticket, refusal.get().error(), refusal.get().message());
            return;
        }
        group.targets().watch(turn);
        group.targets().renew(turn);
        ConsumerMember member = group.member(request.memberId()).orElseThrow();
        group.heardOf(member, turn.nowMs());
        boolean joinAgain = switch (member.state()) {
            case STABLE -> member.epoch() < group.assignmentEpoch();
            case UNREVOKED -> true;
            case UNRELEASED -> member.epoch() < group.assignmentEpoch() || hasMoreToGet(member);
        };
        if (joinAgain) {
            joinAgainInTime(member, turn);
            turn.fail(ticket, GroupError.REBALANCE_IN_PROGRESS, "The group is rebalancing.");
        } else {
            turn.answer(ticket, new GroupResponse.Done());
        }
    }

    /** Whether something of its target that it waits for has become free. */
    private boolean hasMoreToGet(ConsumerMember member) {
        return PartitionSets.without(group.target(member.id()), member.assigned()).entrySet().stream()
                .anyMatch(topic -> topic.getValue().stream()
                        .anyMatch(partition -> !group.heldByOther(member.id(), topic.getKey(), partition)));
    }

    private void joinAgainInTime(ConsumerMember member, Turn turn) {
        if (!group.deadlines().isSet(group.id(), Kind.JOIN, member.id())) {
            long latestMs = turn.nowMs() + member.wish().rebalanceTimeoutMs();
            group.deadlines().set(group.id(), Kind.JOIN, member.id(), latestMs);
        }
    }

    void leave(GroupRequest.Leave request, long ticket, Turn turn) {
        List<LeftMember> answers = new ArrayList<>();
        Set<String> gone = new TreeSet<>();
        for (LeavingMember leaving : request.members()) {
            // An administrator names a static member by its instance id alone.
            Optional<ConsumerMember> member = leaving.memberId().isEmpty()
                    ? leaving.groupInstanceId().flatMap(group::memberByInstance)
                    : group.member(leaving.memberId());
            Optional<GroupError> error = leaving.memberId().isEmpty()
                    ? Optional.empty()
                    : fenced(leaving.memberId(), leaving.groupInstanceId()).map(Group.Refused::error);
            if (error.isEmpty() && member.isEmpty()) {
                error = Optional.of(GroupError.UNKNOWN_MEMBER_ID);
            }
            if (error.isEmpty()) {
                gone.add(member.orElseThrow().id());
            }
            answers.add(new LeftMember(leaving.memberId(), leaving.groupInstanceId(), error));
        }
        departures.remove(
                gone.stream().map(id -> group.member(id).orElseThrow()).toList(), turn);
        turn.answer(ticket, new GroupResponse.Left(answers));
    }

    /** Why a request of a member that has joined is refused. */
    private Optional<Group.Refused> refusal(String memberId, Optional<String> instanceId, int generation) {
        Optional<Group.Refused> fenced = fenced(memberId, instanceId);
        if (fenced.isPresent()) {
            return fenced;
        }
        ConsumerMember member = group.member(memberId).orElseThrow();
        if (member.classic().isEmpty()) {
            return refused(GroupError.UNKNOWN_MEMBER_ID, "Member " + memberId + " does not use the classic protocol.");
        } else if (member.epoch() != generation) {
            return refused(
                    GroupError.ILLEGAL_GENERATION,
                    "Member " + memberId + " is at generation " + member.epoch() + ", not at " + generation + ".");
        }
        return Optional.empty();
    }

    private Optional<Group.Refused> fenced(String memberId, Optional<String> instanceId) {
        Optional<ConsumerMember> namesake = instanceId.flatMap(group::memberByInstance);
        if (namesake.isPresent() && !namesake.get().id().equals(memberId)) {
            return refused(
                    GroupError.FENCED_INSTANCE_ID,
                    "Another member has taken the place of " + memberId + " with instance id " + instanceId.get()
                            + ".");
        } else if (group.member(memberId).isEmpty() || (instanceId.isPresent() && namesake.isEmpty())) {
            return refused(
                    GroupError.UNKNOWN_MEMBER_ID, "'" + memberId + "' is not a member of group " + group.id() + ".");
        }
        return Optional.empty();
    }

    /** The protocol that a classic member is told to use: the one it likes best. */
    private static Protocol protocol(ConsumerMember member) {
        return member.classic().orElseThrow().protocols().getFirst();
    }

    /** Partitions as a classic member reads them, in the version of its subscription. */
    static ByteString assignment(Map<UUID, Set<Integer>> partitions, ByteString subscription, MetadataImage image) {
        Map<String, Set<Integer>> byName = new HashMap<>();
        partitions.forEach(
                (id, numbers) -> image.topic(id).map(TopicInfo::name).ifPresent(name -> byName.put(name, numbers)));
        int version = ConsumerProtocolFormat.readSubscription(subscription)
                .map(Subscription::version)
                .orElse(0);
        return ConsumerProtocolFormat.writeAssignment(version, byName);
    }

    /** Partitions of topics that exist, by the topics' ids. */
    static Map<UUID, Set<Integer>> byId(Map<String, Set<Integer>> partitions, MetadataImage image) {
        Map<UUID, Set<Integer>> byId = new HashMap<>();
        partitions.forEach((name, numbers) -> image.topic(name)
                .filter(topic -> !numbers.isEmpty())
                .ifPresent(topic -> byId.put(topic.id(), numbers)));
        return byId;
    }
}
