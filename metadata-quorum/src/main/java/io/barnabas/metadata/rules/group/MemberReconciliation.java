package io.barnabas.metadata.rules.group;

import io.barnabas.metadata.rules.group.ConsumerMember.State;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.BiPredicate;

/**
 * Takes a member one step towards its target (KIP-848, "Member Assignment Reconciliation"): it gives up first what is
 * not in the target, and gets what is new once whoever had it has given it up.
 *
 * @param targetEpoch the epoch of the target
 * @param target what the member is to have in the end
 * @param subscribed topics that it subscribes to; a target may still name others
 * @param heldByOther whether another member may be using a partition
 * @param said what the member says it uses
 */
record MemberReconciliation(
        int targetEpoch,
        Map<UUID, Set<Integer>> target,
        Set<UUID> subscribed,
        BiPredicate<UUID, Integer> heldByOther,
        Said said) {

    /**
     * What a member says it uses.
     *
     * @param owned the partitions; empty when it says nothing, so that nothing counts as given up
     * @param joins whether it begins anew, and uses nothing else before it is answered. Any other may meanwhile take
     *     what it was told before: the Java client confirms that it has nothing of a topic whose id it cannot resolve
     *     yet, and takes its share as soon as it can
     */
    record Said(Optional<Map<UUID, Set<Integer>>> owned, boolean joins) {}

    /** The member after the step; the same one when it has to wait. */
    ConsumerMember step(ConsumerMember member) {
        boolean waits = member.state() == State.UNREVOKED && uses(member.revoking());
        if (waits) {
            return unsubscribed(member);
        }
        if (member.reachedTarget(targetEpoch)) {
            return unsubscribed(member);
        }
        return towardsTarget(member);
    }

    /** Takes away at once what the member no longer subscribes to: it is not to wait for the next target for that. */
    private ConsumerMember unsubscribed(ConsumerMember member) {
        Map<UUID, Set<Integer>> kept = PartitionSets.ofTopics(member.assigned(), subscribed);
        if (kept.equals(member.assigned())) {
            return member;
        }
        Map<UUID, Set<Integer>> revoking =
                PartitionSets.union(member.revoking(), PartitionSets.without(member.assigned(), kept));
        return mayUse(revoking)
                ? member.moved(member.epoch(), State.UNREVOKED, kept, revoking)
                : member.moved(member.epoch(), member.state(), kept, Map.of());
    }

    private ConsumerMember towardsTarget(ConsumerMember member) {
        Map<UUID, Set<Integer>> wanted = PartitionSets.ofTopics(target, subscribed);
        Map<UUID, Set<Integer>> kept = PartitionSets.common(member.assigned(), wanted);
        Map<UUID, Set<Integer>> revoking = PartitionSets.without(member.assigned(), kept);
        if (mayUse(revoking)) {
            return member.moved(member.epoch(), State.UNREVOKED, kept, revoking);
        }
        Map<UUID, Set<Integer>> missing = PartitionSets.without(wanted, kept);
        Map<UUID, Set<Integer>> free = free(missing);
        State next = free.equals(missing) ? State.STABLE : State.UNRELEASED;
        return member.moved(targetEpoch, next, PartitionSets.union(kept, free), Map.of());
    }

    private Map<UUID, Set<Integer>> free(Map<UUID, Set<Integer>> partitions) {
        Map<UUID, Set<Integer>> held = new HashMap<>();
        partitions.forEach((topic, numbers) -> numbers.forEach(number -> {
            if (heldByOther.test(topic, number)) {
                held.computeIfAbsent(topic, any -> new TreeSet<>()).add(number);
            }
        }));
        return PartitionSets.without(partitions, held);
    }

    /** Whether the member may be using one of those that it has not been told to give up yet. */
    private boolean mayUse(Map<UUID, Set<Integer>> partitions) {
        return said.joins() ? uses(partitions) : !partitions.isEmpty();
    }

    /** Whether the member may still be using one of those that it was told to give up. */
    private boolean uses(Map<UUID, Set<Integer>> partitions) {
        return !partitions.isEmpty()
                && (said.owned().isEmpty()
                        || !PartitionSets.common(partitions, said.owned().get()).isEmpty());
    }
}
