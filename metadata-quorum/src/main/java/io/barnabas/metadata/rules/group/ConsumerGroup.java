package io.barnabas.metadata.rules.group;

import io.barnabas.metadata.rules.group.ConsumerMember.State;
import io.barnabas.metadata.rules.group.Deadlines.Deadline;
import io.barnabas.metadata.rules.group.Deadlines.Kind;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A group whose coordinator assigns the partitions (KIP-848). This class is its state, which changes by records alone,
 * those just written as those of an earlier coordinator: so both have the same memory. What is decided when is in
 * {@link ConsumerHeartbeats}, {@link ClassicGuests} and {@link ConsumerTarget}.
 */
final class ConsumerGroup implements Group {

    private final Groups groups;
    private final String id;
    private final TreeMap<String, ConsumerMember> members = new TreeMap<>();
    private final Map<String, String> idsByInstance = new HashMap<>();
    private final Map<String, Map<UUID, Set<Integer>>> targets = new HashMap<>();
    private final TreeMap<String, GroupRecord.ResolvedRegex> expressions = new TreeMap<>();
    private final PartitionOwners owners = new PartitionOwners();
    private final ConsumerTarget target = new ConsumerTarget(this);
    private final ClassicGuests guests;
    private final ConsumerDepartures departures;
    private GroupRecord.ConsumerGroupState state;

    ConsumerGroup(Groups groups, String id) {
        this.groups = groups;
        this.id = id;
        this.state = new GroupRecord.ConsumerGroupState(id, 0, 0, 0, -1);
        this.departures = new ConsumerDepartures(groups, this);
        this.guests = new ClassicGuests(groups, this, departures);
    }

    /** Changes the group, and makes the change last. */
    void write(GroupRecord.Membership record, Turn turn) {
        turn.write(record);
        apply(record);
    }

    /** Changes the group as a record says. Records about one member may come in any order. */
    void apply(GroupRecord.Membership record) {
        switch (record) {
            case GroupRecord.ConsumerGroupState changed -> state = changed;
            case GroupRecord.ConsumerMemberState wish -> {
                ConsumerMember before = memberOrUnknown(wish.memberId());
                members.put(wish.memberId(), before.with(wish));
                before.wish().groupInstanceId().ifPresent(instance -> idsByInstance.remove(instance, before.id()));
                wish.groupInstanceId().ifPresent(instance -> idsByInstance.put(instance, wish.memberId()));
            }
            case GroupRecord.TargetAssignment assignment -> targets.put(assignment.memberId(), assignment.partitions());
            case GroupRecord.CurrentAssignment current -> {
                ConsumerMember before = memberOrUnknown(current.memberId());
                ConsumerMember after = before.with(current);
                owners.changed(before, after);
                members.put(after.id(), after);
            }
            case GroupRecord.ConsumerMemberRemoved removed -> remove(removed.memberId());
            case GroupRecord.ResolvedRegex resolved -> expressions.put(resolved.regex(), resolved);
            case GroupRecord.RegexRemoved removed -> expressions.remove(removed.regex());
            case GroupRecord.ClassicGroupState other -> notMine(other);
            case GroupRecord.MembershipRemoved other -> notMine(other);
            case GroupRecord.GroupRemoved other -> notMine(other);
        }
    }

    private static void notMine(GroupRecord record) {
        throw new IllegalArgumentException("a consumer group has no use for " + record);
    }

    private ConsumerMember memberOrUnknown(String memberId) {
        ConsumerMember known = members.get(memberId);
        return known == null ? ConsumerMember.unknown(id, memberId) : known;
    }

    private void remove(String memberId) {
        ConsumerMember removed = members.remove(memberId);
        targets.remove(memberId);
        if (removed != null) {
            owners.changed(removed, null);
            removed.wish().groupInstanceId().ifPresent(instance -> idsByInstance.remove(instance, memberId));
        }
    }

    GroupSettings.Consumer settings() {
        return groups.settings().consumer();
    }

    Deadlines deadlines() {
        return groups.deadlines();
    }

    GroupRecord.ConsumerGroupState state() {
        return state;
    }

    int groupEpoch() {
        return state.groupEpoch();
    }

    int assignmentEpoch() {
        return state.assignmentEpoch();
    }

    Collection<ConsumerMember> members() {
        return members.values();
    }

    Optional<ConsumerMember> member(String memberId) {
        return Optional.ofNullable(members.get(memberId));
    }

    Optional<ConsumerMember> memberByInstance(String instanceId) {
        return Optional.ofNullable(idsByInstance.get(instanceId)).map(members::get);
    }

    Map<UUID, Set<Integer>> target(String memberId) {
        return targets.getOrDefault(memberId, Map.of());
    }

    Map<String, GroupRecord.ResolvedRegex> expressions() {
        return expressions;
    }

    /** How the target comes about. */
    ConsumerTarget targets() {
        return target;
    }

    /** How members go. */
    ConsumerDepartures departures() {
        return departures;
    }

    boolean isFull() {
        return members.size() >= settings().maxSize();
    }

    /** Whether another member may be using the partition. */
    boolean heldByOther(String memberId, UUID topic, int partition) {
        return owners.heldByOther(memberId, topic, partition);
    }

    /** Takes a member one step towards its target, after {@link ConsumerTarget#renew}. */
    ConsumerMember reconcile(String memberId, MemberReconciliation.Said said, Turn turn) {
        ConsumerMember before = members.get(memberId);
        MemberReconciliation reconciliation = new MemberReconciliation(
                assignmentEpoch(),
                target(memberId),
                target.topicIds(before, turn.image()),
                (topic, partition) -> heldByOther(memberId, topic, partition),
                said);
        ConsumerMember after = reconciliation.step(before);
        if (after.equals(before)) {
            return before;
        }
        write(after.current(), turn);
        if (after.classic().isEmpty()) {
            if (after.state() == State.UNREVOKED) {
                deadlines()
                        .set(
                                id,
                                Kind.REVOCATION,
                                memberId,
                                turn.nowMs() + after.wish().rebalanceTimeoutMs());
            } else {
                deadlines().cancel(id, Kind.REVOCATION, memberId);
            }
        }
        return after;
    }

    /** The member is there. */
    void heardOf(ConsumerMember member, long nowMs) {
        int timeoutMs = member.classic()
                .map(GroupRecord.ClassicSide::sessionTimeoutMs)
                .orElse(settings().sessionTimeoutMs());
        deadlines().set(id, Kind.SESSION, member.id(), nowMs + timeoutMs);
    }

    void cancelDeadlines(String memberId) {
        for (Kind kind : List.of(Kind.SESSION, Kind.REVOCATION, Kind.JOIN, Kind.SYNC)) {
            deadlines().cancel(id, kind, memberId);
        }
    }

    GroupResponse.ConsumerDescription description() {
        List<GroupResponse.ConsumerMember> described = members().stream()
                .map(member -> new GroupResponse.ConsumerMember(
                        member.id(),
                        member.wish().groupInstanceId(),
                        member.wish().rack(),
                        member.epoch(),
                        member.wish().clientId(),
                        member.wish().clientHost(),
                        member.wish().subscribedTopics(),
                        member.wish().subscribedRegex(),
                        member.assigned(),
                        target(member.id()),
                        member.classic().isPresent()))
                .toList();
        return new GroupResponse.ConsumerDescription(
                id,
                stateName(),
                groupEpoch(),
                assignmentEpoch(),
                target.assignor().name(),
                described);
    }

    private String stateName() {
        if (members.isEmpty()) {
            return "Empty";
        } else if (groupEpoch() > assignmentEpoch()) {
            return "Assigning";
        }
        boolean settled = members().stream().allMatch(member -> member.reachedTarget(assignmentEpoch()));
        return settled ? "Stable" : "Reconciling";
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public GroupSummary summary() {
        return new GroupSummary(id, ConsumerProtocolFormat.PROTOCOL_TYPE, stateName(), GroupSummary.Type.CONSUMER);
    }

    @Override
    public boolean isEmpty() {
        return members.isEmpty();
    }

    @Override
    public boolean awaited() {
        return false;
    }

    @Override
    public void loaded(long nowMs) {
        for (ConsumerMember member : members()) {
            heardOf(member, nowMs);
            if (member.state() == State.UNREVOKED) {
                Kind kind = member.classic().isPresent() ? Kind.JOIN : Kind.REVOCATION;
                deadlines().set(id, kind, member.id(), nowMs + member.wish().rebalanceTimeoutMs());
            }
        }
        target.loaded(nowMs);
    }

    @Override
    public void join(GroupRequest.Join request, long ticket, Turn turn) {
        guests.join(request, ticket, turn);
    }

    @Override
    public void sync(GroupRequest.Sync request, long ticket, Turn turn) {
        guests.sync(request, ticket, turn);
    }

    @Override
    public void heartbeat(GroupRequest.Heartbeat request, long ticket, Turn turn) {
        guests.heartbeat(request, ticket, turn);
    }

    @Override
    public void leave(GroupRequest.Leave request, long ticket, Turn turn) {
        guests.leave(request, ticket, turn);
    }

    @Override
    public void passed(Deadline deadline, Turn turn) {
        if (deadline.kind() == Kind.REGEX) {
            target.refresh(turn);
        } else {
            // Silent, or did not give up, join or fetch in time: its partitions go to others.
            member(deadline.member()).ifPresent(member -> departures.remove(List.of(member), turn));
        }
    }

    @Override
    public Optional<Refused> commit(GroupRequest.CommitOffsets request, Turn turn) {
        if (request.generationOrEpoch() < 0 && members.isEmpty()) {
            return Optional.empty();
        }
        Optional<ConsumerMember> found = member(request.memberId());
        if (found.isEmpty()) {
            return Optional.of(unknown(request.memberId()));
        }
        ConsumerMember member = found.get();
        boolean current = request.generationOrEpoch() == member.epoch();
        // Its epoch may have moved on with an answer that it has not seen. Nobody else had its partitions meanwhile.
        boolean justBefore = request.generationOrEpoch() == member.previousEpoch()
                && request.offsets().stream().allMatch(offset -> member.holds(offset.topicId(), offset.partition()));
        if (!current && !justBefore) {
            return Optional.of(wrongEpoch(member, request.generationOrEpoch()));
        }
        if (member.classic().isPresent()) {
            heardOf(member, turn.nowMs());
        }
        return Optional.empty();
    }

    @Override
    public Optional<Refused> read(Optional<String> memberId, int memberEpoch) {
        if (memberEpoch < 0 && memberId.orElse("").isEmpty()) {
            return Optional.empty();
        }
        Optional<ConsumerMember> member = memberId.flatMap(this::member);
        if (member.isEmpty()) {
            return Optional.of(unknown(memberId.orElse("")));
        }
        return member.get().epoch() == memberEpoch
                ? Optional.empty()
                : Optional.of(wrongEpoch(member.get(), memberEpoch));
    }

    private Refused unknown(String memberId) {
        return new Refused(GroupError.UNKNOWN_MEMBER_ID, "'" + memberId + "' is not a member of group " + id + ".");
    }

    private static Refused wrongEpoch(ConsumerMember member, int epoch) {
        GroupError error = member.classic().isPresent() ? GroupError.ILLEGAL_GENERATION : GroupError.STALE_MEMBER_EPOCH;
        return new Refused(
                error, "Member " + member.id() + " is at epoch " + member.epoch() + ", not at " + epoch + ".");
    }

    @Override
    public Optional<Refused> deleteOffsets() {
        return Optional.empty();
    }

    @Override
    public boolean subscribedTo(String topic) {
        return members().stream().anyMatch(member -> target.topics(member).contains(topic));
    }

    @Override
    public OptionalLong unusedSinceMs(GroupRecord.CommittedOffset offset) {
        return OptionalLong.of(
                members.isEmpty() ? Math.max(state.emptySinceMs(), offset.committedMs()) : offset.committedMs());
    }

    @Override
    public void close() {
        deadlines().cancel(id, Kind.REGEX, "");
        members.keySet().forEach(this::cancelDeadlines);
    }
}
