package io.barnabas.metadata.rules.group;

import com.google.protobuf.ByteString;
import io.barnabas.metadata.rules.group.Deadlines.Kind;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How the members of a classic group come to a new generation.
 *
 * <pre>
 *                first member joins: wait the initial delay, longer while more come
 *         Empty ------------------------------------------------------------------.
 *           ^                                                                     v
 *           |  nobody is left: generation + 1                             PreparingRebalance
 *           '------------------------------------------------------------------'  |  ^  ^
 *                                                                                 |  |  |
 *         all have joined, or the rebalance timeout is over: generation + 1       |  |  |
 *           .---------------------------------------------------------------------'  |  |
 *           v                    a member joins anew, changes, leaves or fails       |  |
 *   CompletingRebalance -------------------------------------------------------------'  |
 *           |                                                                           |
 *           |  the leader brings the assignment        the same, or the leader joins    |
 *           '--------------------------------> Stable ----------------------------------'
 * </pre>
 *
 * <p>What is written down are the ends of it, Stable and Empty. A coordinator that takes over in between goes on with the
 * generation before, whose members then join again.
 */
final class ClassicRebalance {

    /** Kafka's states of a classic group; {@link #toString} is the name in the protocol. */
    enum State {
        EMPTY("Empty"),
        PREPARING_REBALANCE("PreparingRebalance"),
        COMPLETING_REBALANCE("CompletingRebalance"),
        STABLE("Stable");

        private final String title;

        State(String title) {
            this.title = title;
        }

        @Override
        public String toString() {
            return title;
        }
    }

    /** How long a JoinGroup of a member that does not know its id yet may wait. */
    static final int FIRST_JOIN_TIMEOUT_MS = 300_000;

    static final String CONSUMER = "consumer";

    private final Groups groups;
    private final String id;
    private final ClassicRoster roster = new ClassicRoster();
    private final Set<String> yetToSync = new HashSet<>();
    private State state;
    private String protocolType;
    private Optional<String> protocol;
    private Optional<Set<String>> subscribedTopics = Optional.empty();
    private int generation;
    private long sinceMs;
    private GroupRecord.ClassicGroupState written;
    private boolean initial;
    private boolean moreCame;
    private int initialDelayMs;
    private int initialRemainingMs;

    ClassicRebalance(Groups groups, GroupRecord.ClassicGroupState restored) {
        this.groups = groups;
        this.id = restored.group();
        this.written = restored;
        this.protocolType = restored.protocolType();
        this.protocol = restored.protocol();
        this.generation = restored.generation();
        this.sinceMs = restored.sinceMs();
        this.state = restored.members().isEmpty() ? State.EMPTY : State.STABLE;
        restored.members().forEach(member -> roster.add(ClassicMember.restore(member)));
        roster.leadBy(restored.leader());
        this.subscribedTopics = subscriptions();
    }

    ClassicRoster roster() {
        return roster;
    }

    State state() {
        return state;
    }

    boolean is(State expected) {
        return state == expected;
    }

    int generation() {
        return generation;
    }

    String protocolType() {
        return protocolType;
    }

    Optional<String> protocol() {
        return protocol;
    }

    long sinceMs() {
        return sinceMs;
    }

    /** What the members are subscribed to; empty when that is not known, as of anything but consumers. */
    Optional<Set<String>> subscribedTopics() {
        return subscribedTopics;
    }

    GroupRecord.ClassicGroupState record() {
        return new GroupRecord.ClassicGroupState(
                id,
                protocolType,
                protocol,
                roster.leader(),
                generation,
                sinceMs,
                roster.members().stream().map(ClassicMember::state).toList());
    }

    /** Writes the group down as it is, Stable or Empty. */
    void writeDown(Turn turn) {
        written = record();
        turn.write(written);
    }

    /**
     * Writes the last complete generation down again, with a static member's new id in it. Without this a coordinator
     * that takes over before the next generation is complete would fence the member that is there, and let go on the one
     * that it replaced.
     */
    void writeReplaced(ClassicMember member, Turn turn) {
        Optional<String> replaced = written.members().stream()
                .filter(before -> before.groupInstanceId().isPresent()
                        && before.groupInstanceId().equals(member.instanceId())
                        && !before.memberId().equals(member.id()))
                .map(GroupRecord.ClassicMemberState::memberId)
                .findFirst();
        if (replaced.isEmpty()) {
            return;
        }
        String oldId = replaced.get();
        written = new GroupRecord.ClassicGroupState(
                id,
                written.protocolType(),
                written.protocol(),
                written.leader().map(leader -> leader.equals(oldId) ? member.id() : leader),
                written.generation(),
                written.sinceMs(),
                written.members().stream()
                        .map(before -> before.memberId().equals(oldId)
                                ? ClassicMember.restore(before)
                                        .renamed(member.id())
                                        .state()
                                : before)
                        .toList());
        turn.write(written);
    }

    /** The member is alive now. */
    void heardOf(ClassicMember member, long nowMs) {
        groups.deadlines().set(id, Kind.SESSION, member.id(), nowMs + member.sessionTimeoutMs());
    }

    /** A member joins that was not in the group. */
    void add(ClassicMember member, String ofProtocolType, Turn turn) {
        if (roster.isEmpty()) {
            protocolType = ofProtocolType;
        }
        moreCame |= initial;
        groups.deadlines().cancel(id, Kind.PENDING_JOIN, member.id());
        roster.add(member);
        writeReplaced(member, turn);
        groups.deadlines().set(id, Kind.SESSION, member.id(), turn.nowMs() + FIRST_JOIN_TIMEOUT_MS);
        prepareOrComplete(turn);
    }

    /** A static member comes back under a new id; requests under the old one are fenced at once (KIP-345). */
    ClassicMember replace(ClassicMember old, String newId, Turn turn) {
        String fenced = "Another client with the same group.instance.id took the member's place.";
        old.failJoin(GroupError.FENCED_INSTANCE_ID, fenced, turn);
        old.failSync(GroupError.FENCED_INSTANCE_ID, fenced, turn);
        ClassicMember renamed = old.renamed(newId);
        roster.replace(old, renamed);
        if (yetToSync.remove(old.id())) {
            yetToSync.add(newId);
        }
        groups.deadlines().cancel(id, Kind.SESSION, old.id());
        heardOf(renamed, turn.nowMs());
        return renamed;
    }

    /** Takes a member out, without drawing the consequences. */
    void remove(ClassicMember member, Turn turn) {
        String message = "The member is no longer in the group.";
        member.failJoin(GroupError.UNKNOWN_MEMBER_ID, message, turn);
        member.failSync(GroupError.UNKNOWN_MEMBER_ID, message, turn);
        roster.remove(member);
        yetToSync.remove(member.id());
        groups.deadlines().cancel(id, Kind.SESSION, member.id());
    }

    /** Begins a rebalance, or ends the one that is under way if it waits for nobody. */
    void prepareOrComplete(Turn turn) {
        if (is(State.PREPARING_REBALANCE)) {
            completeIfAllJoined(turn);
        } else {
            prepare(turn);
        }
    }

    /** Has every member join again. */
    void prepare(Turn turn) {
        for (ClassicMember member : roster.members()) {
            if (member.failSync(GroupError.REBALANCE_IN_PROGRESS, "The group is rebalancing.", turn)) {
                heardOf(member, turn.nowMs());
            }
        }
        endSync();
        initial = is(State.EMPTY);
        become(State.PREPARING_REBALANCE, turn.nowMs());
        if (initial) {
            int delayMs = groups.settings().classic().initialRebalanceDelayMs();
            moreCame = false;
            waitForMore(delayMs, Math.max(roster.rebalanceTimeoutMs() - delayMs, 0), turn.nowMs());
        } else if (roster.allJoined()) {
            complete(turn);
        } else {
            groups.deadlines().set(id, Kind.JOIN, "", turn.nowMs() + roster.rebalanceTimeoutMs());
        }
    }

    /** After somebody left or failed. */
    void completeIfAllJoined(Turn turn) {
        boolean mayWait = initial && !roster.isEmpty();
        if (is(State.PREPARING_REBALANCE) && !mayWait && roster.allJoined()) {
            complete(turn);
        }
    }

    /** The time to join is over. */
    void joinTimePassed(Turn turn) {
        if (!is(State.PREPARING_REBALANCE)) {
            return;
        }
        if (initial && moreCame && initialRemainingMs > 0) {
            moreCame = false;
            int delayMs = Math.min(groups.settings().classic().initialRebalanceDelayMs(), initialRemainingMs);
            waitForMore(delayMs, Math.max(initialRemainingMs - initialDelayMs, 0), turn.nowMs());
        } else {
            complete(turn);
        }
    }

    private void waitForMore(int delayMs, int remainingMs, long nowMs) {
        initialDelayMs = delayMs;
        initialRemainingMs = remainingMs;
        groups.deadlines().set(id, Kind.JOIN, "", nowMs + delayMs);
    }

    /** Goes on with those who joined. A static member stays: it has until its session is over. */
    private void complete(Turn turn) {
        groups.deadlines().cancel(id, Kind.JOIN, "");
        for (ClassicMember member : roster.members()) {
            if (!member.awaitsJoin() && member.instanceId().isEmpty()) {
                remove(member, turn);
            }
        }
        if (!roster.isEmpty() && !roster.electJoinedLeader()) {
            groups.deadlines().set(id, Kind.JOIN, "", turn.nowMs() + roster.rebalanceTimeoutMs());
            return;
        }
        initial = false;
        generation++;
        if (roster.isEmpty()) {
            protocol = Optional.empty();
            subscribedTopics = subscriptions();
            become(State.EMPTY, turn.nowMs());
            writeDown(turn);
            return;
        }
        protocol = Optional.of(roster.elected());
        subscribedTopics = subscriptions();
        become(State.COMPLETING_REBALANCE, turn.nowMs());
        for (ClassicMember member : roster.members()) {
            member.answerJoin(joined(member.id(), false), turn);
            heardOf(member, turn.nowMs());
            yetToSync.add(member.id());
        }
        groups.deadlines().set(id, Kind.SYNC, "", turn.nowMs() + roster.rebalanceTimeoutMs());
    }

    /** The current generation as a member learns of it; the leader learns of everybody. */
    GroupResponse.Joined joined(String memberId, boolean skipAssignment) {
        String chosen = protocol.orElse("");
        return new GroupResponse.Joined(
                memberId,
                generation,
                protocolType,
                chosen,
                roster.leader().orElse(""),
                skipAssignment,
                roster.isLeader(memberId) ? roster.joined(chosen) : List.of());
    }

    /** The leader brings the assignment: the generation is complete. */
    void assign(Map<String, ByteString> assignments, Turn turn) {
        become(State.STABLE, turn.nowMs());
        roster.members().forEach(member -> member.assign(assignments.getOrDefault(member.id(), ByteString.EMPTY)));
        writeDown(turn);
        for (ClassicMember member : roster.members()) {
            if (member.answerSync(synced(member), turn)) {
                heardOf(member, turn.nowMs());
            }
        }
    }

    GroupResponse.Synced synced(ClassicMember member) {
        return new GroupResponse.Synced(protocolType, protocol.orElse(""), member.assignment());
    }

    /** The member has asked for its assignment. */
    void hasSynced(ClassicMember member) {
        yetToSync.remove(member.id());
        if (yetToSync.isEmpty()) {
            groups.deadlines().cancel(id, Kind.SYNC, "");
        }
    }

    /** The time to ask for the assignment is over: who has not is taken for dead. */
    void syncTimePassed(Turn turn) {
        boolean waiting = is(State.COMPLETING_REBALANCE) || is(State.STABLE);
        if (waiting && !yetToSync.isEmpty()) {
            Set.copyOf(yetToSync).forEach(memberId -> roster.find(memberId).ifPresent(member -> remove(member, turn)));
            prepare(turn);
        }
    }

    private void endSync() {
        yetToSync.clear();
        groups.deadlines().cancel(id, Kind.SYNC, "");
    }

    /** Cancels all deadlines and refuses what waits. */
    void disband(GroupError error, String message, Turn turn) {
        for (ClassicMember member : roster.members()) {
            member.failJoin(error, message, turn);
            member.failSync(error, message, turn);
        }
        cancelDeadlines();
    }

    void cancelDeadlines() {
        roster.members().forEach(member -> groups.deadlines().cancel(id, Kind.SESSION, member.id()));
        roster.awaited().forEach(memberId -> groups.deadlines().cancel(id, Kind.PENDING_JOIN, memberId));
        groups.deadlines().cancel(id, Kind.JOIN, "");
        groups.deadlines().cancel(id, Kind.SYNC, "");
    }

    private void become(State next, long nowMs) {
        state = next;
        sinceMs = nowMs;
    }

    private Optional<Set<String>> subscriptions() {
        if (!protocolType.equals(CONSUMER)) {
            return Optional.empty();
        }
        Set<String> topics = new HashSet<>();
        for (ClassicMember member : roster.members()) {
            Optional<Set<String>> known = ConsumerProtocolFormat.readTopics(member.metadata(protocol.orElse("")));
            if (known.isEmpty()) {
                return Optional.empty();
            }
            topics.addAll(known.get());
        }
        return Optional.of(topics);
    }
}
