package io.barnabas.metadata.rules.group;

import com.google.protobuf.ByteString;
import io.barnabas.metadata.rules.group.ClassicRebalance.State;
import io.barnabas.metadata.rules.group.Deadlines.Deadline;
import io.barnabas.metadata.rules.group.Deadlines.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A group whose members assign the partitions, or one without members that only keeps offsets. The way from one
 * generation to the next is in {@link ClassicRebalance}, joining in {@link ClassicJoin}.
 */
final class ClassicGroup implements Group {

    private final Groups groups;
    private final String id;
    private final ClassicRebalance rebalance;
    private final ClassicRoster roster;
    private final ClassicJoin joining;

    private ClassicGroup(Groups groups, GroupRecord.ClassicGroupState state) {
        this.groups = groups;
        this.id = state.group();
        this.rebalance = new ClassicRebalance(groups, state);
        this.roster = rebalance.roster();
        this.joining = new ClassicJoin(groups, id, rebalance);
    }

    /** A group without members. */
    static ClassicGroup create(Groups groups, String id, long nowMs) {
        return restore(
                groups,
                new GroupRecord.ClassicGroupState(id, "", Optional.empty(), Optional.empty(), 0, nowMs, List.of()));
    }

    /** The group as it was written down: Stable, or Empty if it has no members. */
    static ClassicGroup restore(Groups groups, GroupRecord.ClassicGroupState state) {
        return new ClassicGroup(groups, state);
    }

    /** The group as it is to be written down, when it is Stable or Empty. */
    GroupRecord.ClassicGroupState state() {
        return rebalance.record();
    }

    Collection<ClassicMember> members() {
        return roster.members();
    }

    /** Has every member join again. */
    void prepareRebalance(Turn turn) {
        rebalance.prepare(turn);
    }

    /** Refuses what waits for an answer and cancels the deadlines: the group ends, or becomes one of the other kind. */
    void disband(GroupError error, String message, Turn turn) {
        rebalance.disband(error, message, turn);
    }

    GroupResponse.ClassicDescription description() {
        boolean settled = rebalance.is(State.STABLE);
        String protocol = settled ? rebalance.protocol().orElse("") : "";
        List<GroupResponse.ClassicMember> members = roster.members().stream()
                .map(member -> new GroupResponse.ClassicMember(
                        member.id(),
                        member.instanceId(),
                        member.clientId(),
                        member.clientHost(),
                        settled ? member.metadata(protocol) : ByteString.EMPTY,
                        member.assignment()))
                .toList();
        return new GroupResponse.ClassicDescription(
                id, rebalance.state().toString(), rebalance.protocolType(), protocol, members);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public GroupSummary summary() {
        return new GroupSummary(id, rebalance.protocolType(), rebalance.state().toString(), GroupSummary.Type.CLASSIC);
    }

    @Override
    public boolean isEmpty() {
        return rebalance.is(State.EMPTY);
    }

    @Override
    public boolean awaited() {
        return !roster.awaited().isEmpty();
    }

    @Override
    public void loaded(long nowMs) {
        roster.members().forEach(member -> rebalance.heardOf(member, nowMs));
        if (isOverSize()) {
            groups.deadlines().set(id, Kind.JOIN, "", nowMs);
        }
    }

    /** Whether {@code group.max.size} is smaller than when the members came. */
    private boolean isOverSize() {
        return roster.size() > groups.settings().classic().maxSize();
    }

    @Override
    public void join(GroupRequest.Join request, long ticket, Turn turn) {
        joining.join(request, ticket, turn);
    }

    @Override
    public void sync(GroupRequest.Sync request, long ticket, Turn turn) {
        Optional<GroupError> refusal = syncRefusal(request);
        if (refusal.isPresent()) {
            refuse(refusal.get(), request.memberId(), ticket, turn);
            return;
        }
        ClassicMember member = roster.find(request.memberId()).orElseThrow();
        switch (rebalance.state()) {
            case EMPTY -> refuse(GroupError.UNKNOWN_MEMBER_ID, member.id(), ticket, turn);
            case PREPARING_REBALANCE -> refuse(GroupError.REBALANCE_IN_PROGRESS, member.id(), ticket, turn);
            case COMPLETING_REBALANCE -> {
                member.awaitsSync(ticket, turn);
                rebalance.hasSynced(member);
                if (roster.isLeader(member.id())) {
                    rebalance.assign(request.assignments(), turn);
                }
            }
            case STABLE -> {
                rebalance.hasSynced(member);
                turn.answer(ticket, rebalance.synced(member));
            }
        }
    }

    private Optional<GroupError> syncRefusal(GroupRequest.Sync request) {
        Optional<GroupError> refusal = roster.refusal(request.memberId(), request.groupInstanceId());
        if (refusal.isPresent()) {
            return refusal;
        } else if (request.generation() != rebalance.generation()) {
            return Optional.of(GroupError.ILLEGAL_GENERATION);
        }
        // KIP-559: from version 5 on a member says what it takes the generation's protocol for.
        boolean sameType =
                request.protocolType().map(rebalance.protocolType()::equals).orElse(true);
        boolean sameProtocol = request.protocol().isEmpty()
                || rebalance.protocol().isEmpty()
                || request.protocol().equals(rebalance.protocol());
        return sameType && sameProtocol ? Optional.empty() : Optional.of(GroupError.INCONSISTENT_GROUP_PROTOCOL);
    }

    @Override
    public void heartbeat(GroupRequest.Heartbeat request, long ticket, Turn turn) {
        Optional<GroupError> refusal = roster.refusal(request.memberId(), request.groupInstanceId());
        if (refusal.isEmpty() && request.generation() != rebalance.generation()) {
            refusal = Optional.of(GroupError.ILLEGAL_GENERATION);
        }
        if (refusal.isPresent()) {
            refuse(refusal.get(), request.memberId(), ticket, turn);
            return;
        }
        roster.find(request.memberId()).ifPresent(member -> rebalance.heardOf(member, turn.nowMs()));
        if (rebalance.is(State.PREPARING_REBALANCE)) {
            refuse(GroupError.REBALANCE_IN_PROGRESS, request.memberId(), ticket, turn);
        } else {
            turn.answer(ticket, new GroupResponse.Done());
        }
    }

    @Override
    public void leave(GroupRequest.Leave request, long ticket, Turn turn) {
        int sizeBefore = roster.size();
        List<GroupResponse.LeftMember> left = new ArrayList<>();
        for (GroupRequest.LeavingMember leaving : request.members()) {
            left.add(
                    new GroupResponse.LeftMember(leaving.memberId(), leaving.groupInstanceId(), leaves(leaving, turn)));
        }
        if (roster.size() < sizeBefore) {
            rebalance.prepareOrComplete(turn);
        } else {
            rebalance.completeIfAllJoined(turn);
        }
        turn.answer(ticket, new GroupResponse.Left(left));
    }

    private Optional<GroupError> leaves(GroupRequest.LeavingMember leaving, Turn turn) {
        if (leaving.memberId().isEmpty()) {
            Optional<ClassicMember> byInstance = leaving.groupInstanceId().flatMap(roster::findStatic);
            byInstance.ifPresent(member -> rebalance.remove(member, turn));
            return byInstance.isPresent() ? Optional.empty() : Optional.of(GroupError.UNKNOWN_MEMBER_ID);
        }
        if (roster.giveUp(leaving.memberId())) {
            groups.deadlines().cancel(id, Kind.PENDING_JOIN, leaving.memberId());
            return Optional.empty();
        }
        Optional<GroupError> refusal = roster.refusal(leaving.memberId(), leaving.groupInstanceId());
        if (refusal.isEmpty()) {
            roster.find(leaving.memberId()).ifPresent(member -> rebalance.remove(member, turn));
        }
        return refusal;
    }

    @Override
    public void passed(Deadline deadline, Turn turn) {
        switch (deadline.kind()) {
            case SESSION -> roster.find(deadline.member()).ifPresent(member -> sessionPassed(member, turn));
            case PENDING_JOIN -> {
                roster.giveUp(deadline.member());
                rebalance.completeIfAllJoined(turn);
            }
            case JOIN -> {
                if (rebalance.is(State.STABLE) && isOverSize()) {
                    rebalance.prepare(turn);
                } else {
                    rebalance.joinTimePassed(turn);
                }
            }
            case SYNC -> rebalance.syncTimePassed(turn);
            case REVOCATION, REGEX ->
                throw new IllegalArgumentException("Not a deadline of a classic group: " + deadline);
        }
    }

    private void sessionPassed(ClassicMember member, Turn turn) {
        if (!member.excusedFromHeartbeats()) {
            rebalance.remove(member, turn);
            rebalance.prepareOrComplete(turn);
        }
    }

    @Override
    public Optional<Refused> commit(GroupRequest.CommitOffsets request, Turn turn) {
        boolean outsider = request.generationOrEpoch() < 0;
        if (outsider && rebalance.is(State.EMPTY)) {
            return Optional.empty();
        }
        Optional<GroupError> refusal = roster.refusal(request.memberId(), request.groupInstanceId());
        if (refusal.isEmpty() && request.generationOrEpoch() != rebalance.generation()) {
            refusal = Optional.of(GroupError.ILLEGAL_GENERATION);
        } else if (refusal.isEmpty() && rebalance.is(State.COMPLETING_REBALANCE)) {
            refusal = Optional.of(GroupError.REBALANCE_IN_PROGRESS);
        }
        if (refusal.isEmpty()) {
            roster.find(request.memberId()).ifPresent(member -> rebalance.heardOf(member, turn.nowMs()));
        }
        return refusal.map(error -> new Refused(error, message(error, request.memberId())));
    }

    @Override
    public Optional<Refused> read(Optional<String> memberId, int memberEpoch) {
        return Optional.empty();
    }

    @Override
    public Optional<Refused> deleteOffsets() {
        if (isEmpty() || rebalance.protocolType().equals(ClassicRebalance.CONSUMER)) {
            return Optional.empty();
        }
        return Optional.of(new Refused(
                GroupError.NON_EMPTY_GROUP, "Group " + id + " has members whose subscriptions are not known."));
    }

    @Override
    public boolean subscribedTo(String topic) {
        return rebalance
                .subscribedTopics()
                .map(topics -> topics.contains(topic))
                .orElse(rebalance.protocolType().equals(ClassicRebalance.CONSUMER));
    }

    @Override
    public OptionalLong unusedSinceMs(GroupRecord.CommittedOffset offset) {
        if (rebalance.protocolType().isEmpty()) {
            return OptionalLong.of(offset.committedMs());
        } else if (rebalance.is(State.EMPTY)) {
            return OptionalLong.of(rebalance.sinceMs());
        } else if (rebalance.is(State.STABLE) && rebalance.subscribedTopics().isPresent()) {
            return OptionalLong.of(offset.committedMs());
        }
        return OptionalLong.empty();
    }

    @Override
    public void close() {
        rebalance.cancelDeadlines();
    }

    private void refuse(GroupError error, String memberId, long ticket, Turn turn) {
        turn.fail(ticket, error, message(error, memberId));
    }

    private String message(GroupError error, String memberId) {
        return switch (error) {
            case ILLEGAL_GENERATION -> "Group " + id + " is in generation " + rebalance.generation() + " now.";
            case REBALANCE_IN_PROGRESS -> "Group " + id + " is rebalancing.";
            case FENCED_INSTANCE_ID ->
                "Another client with the same group.instance.id took the place of " + memberId + ".";
            case INCONSISTENT_GROUP_PROTOCOL ->
                "Group " + id + " uses protocol " + rebalance.protocol().orElse("") + " of type "
                        + rebalance.protocolType() + ".";
            default -> "Group " + id + " has no member " + memberId + ".";
        };
    }
}
