package io.barnabas.metadata.rules.group;

import io.barnabas.metadata.rules.group.GroupRecord.ClassicSide;
import io.barnabas.metadata.rules.group.GroupRecord.ConsumerMemberState;
import io.barnabas.metadata.rules.group.GroupRecord.CurrentAssignment;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * A member of a consumer group as its coordinator knows it: what it asked for, and what it has.
 *
 * @param wish what it asked for
 * @param epoch of the target assignment that it has caught up with; 0 before it has any, {@link #LEFT_FOR_NOW}
 * @param previousEpoch the epoch before; an answer with the newer one may not have reached the member
 * @param state how far it is on the way to its target
 * @param assigned what it may use
 * @param revoking what it was told to give up and may still be using
 */
record ConsumerMember(
        ConsumerMemberState wish,
        int epoch,
        int previousEpoch,
        State state,
        Map<UUID, Set<Integer>> assigned,
        Map<UUID, Set<Integer>> revoking) {

    /** The epoch of a static member that has said it will be back (KIP-848). */
    static final int LEFT_FOR_NOW = -2;

    /**
     * How far a member is (KIP-848).
     *
     * <pre>
     *              target has changed,              all given up,
     *              something to give up             all free
     *   STABLE ----------------------> UNREVOKED ------------------> STABLE
     *      |                              | all given up,              ^
     *      | target has changed,          v not all free yet           | the rest is free
     *      +------------------------> UNRELEASED ----------------------+
     * </pre>
     */
    enum State {
        /** It has all that its epoch's target gives it. */
        STABLE("Stable"),
        /** It must give something up before it gets anything new. */
        UNREVOKED("UnrevokedPartitions"),
        /** It waits for others to give up what it is to get. */
        UNRELEASED("UnreleasedPartitions");

        private final String label;

        State(String label) {
            this.label = label;
        }

        static State of(String label) {
            for (State state : values()) {
                if (state.label.equals(label)) {
                    return state;
                }
            }
            throw new IllegalArgumentException("no member of a consumer group is in a state '" + label + "'");
        }
    }

    /** One that has just been heard of for the first time. */
    static ConsumerMember unknown(String group, String memberId) {
        ConsumerMemberState wish = new ConsumerMemberState(
                group,
                memberId,
                Optional.empty(),
                Optional.empty(),
                "",
                "",
                0,
                Set.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        return new ConsumerMember(wish, 0, 0, State.STABLE, Map.of(), Map.of());
    }

    String id() {
        return wish.memberId();
    }

    Optional<ClassicSide> classic() {
        return wish.classic();
    }

    ConsumerMember with(ConsumerMemberState newWish) {
        return new ConsumerMember(newWish, epoch, previousEpoch, state, assigned, revoking);
    }

    ConsumerMember with(CurrentAssignment current) {
        return new ConsumerMember(
                wish,
                current.memberEpoch(),
                current.previousMemberEpoch(),
                State.of(current.state()),
                current.assigned(),
                current.revoking());
    }

    /**
     * Now at that epoch and in that state. The epoch before counts from here also when it is the same one: an older one
     * that turns up late must not pass for the answer to what the member was told now.
     */
    ConsumerMember moved(
            int newEpoch, State newState, Map<UUID, Set<Integer>> nowAssigned, Map<UUID, Set<Integer>> nowRevoking) {
        return new ConsumerMember(wish, newEpoch, epoch, newState, nowAssigned, nowRevoking);
    }

    /** Its process has stopped and will be back: it uses nothing, and what it is to keep stays reserved. */
    ConsumerMember leftForNow() {
        return new ConsumerMember(wish, LEFT_FOR_NOW, epoch, State.STABLE, assigned, Map.of());
    }

    /** The same static member under another member id, as one that has yet to be told what it has. */
    ConsumerMember replacedBy(String memberId) {
        ConsumerMemberState renamed = new ConsumerMemberState(
                wish.group(),
                memberId,
                wish.groupInstanceId(),
                wish.rack(),
                wish.clientId(),
                wish.clientHost(),
                wish.rebalanceTimeoutMs(),
                wish.subscribedTopics(),
                wish.subscribedRegex(),
                wish.serverAssignor(),
                wish.classic());
        return new ConsumerMember(renamed, 0, 0, State.STABLE, assigned, Map.of());
    }

    /** Whether it has all that the target of that epoch gives it. */
    boolean reachedTarget(int assignmentEpoch) {
        return state == State.STABLE && epoch == assignmentEpoch;
    }

    /** Whether it may be using the partition. */
    boolean holds(UUID topic, int partition) {
        return PartitionSets.contains(assigned, topic, partition) || PartitionSets.contains(revoking, topic, partition);
    }

    CurrentAssignment current() {
        return new CurrentAssignment(
                wish.group(), wish.memberId(), epoch, previousEpoch, state.label, assigned, revoking);
    }
}
