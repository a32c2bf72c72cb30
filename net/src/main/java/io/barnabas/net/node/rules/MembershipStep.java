package io.barnabas.net.node.rules;

import io.barnabas.log.GroupMembers;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The next step of a partition's leader on the way to the replicas wanted. Replicas join before others leave, so that at
 * no time fewer failures are survived than before or after; and no step is taken that would leave the group without a
 * majority that keeps up.
 */
public sealed interface MembershipStep {

    /** The group has the members wanted, as soon as they are committed. */
    record Settle() implements MembershipStep {}

    /** Change the members to these; those that join are copied to first. */
    record Change(Set<Integer> members) implements MembershipStep {}

    /** The leader itself is to leave: hand the lead to this member, which stays. */
    record HandOver(int node) implements MembershipStep {}

    /** Nothing can be done now. */
    record Wait(String reason) implements MembershipStep {}

    /**
     * Decides.
     *
     * @param group the members as the leader, which decides, sees them
     * @param wanted the replicas wanted, the preferred leader first
     */
    static MembershipStep of(GroupMembers group, List<Integer> wanted) {
        Set<Integer> members = group.nodes();
        Set<Integer> target = new TreeSet<>(wanted);
        if (members.equals(target)) {
            return new Settle();
        }
        List<Integer> joining =
                wanted.stream().filter(id -> !members.contains(id)).toList();
        List<Integer> staying = wanted.stream().filter(members::contains).toList();
        if (joining.size() >= staying.size()) {
            // Raft would have to wait for a majority that is new (RATIS-1912).
            int room = Math.max(1, members.size() - 1);
            Set<Integer> grown = new TreeSet<>(members);
            joining.stream().limit(room).forEach(grown::add);
            return change(group, grown);
        }
        if (!target.contains(group.self())) {
            return staying.stream()
                    .filter(id -> group.keepsUp(id))
                    .findFirst()
                    .<MembershipStep>map(HandOver::new)
                    .orElseGet(() -> new Wait("none of the nodes " + staying + " keeps up, to which to hand the lead"));
        }
        return change(group, target);
    }

    /**
     * Decides about a group whose replicas are not being changed: members that were let in though nobody wants them any
     * more go. None is added, since a replica that is repaired leaves for a while.
     */
    static MembershipStep tidy(GroupMembers group, List<Integer> wanted) {
        List<Integer> staying = wanted.stream().filter(group.nodes()::contains).toList();
        return staying.isEmpty() || staying.size() == group.nodes().size() ? new Settle() : of(group, staying);
    }

    private static MembershipStep change(GroupMembers group, Set<Integer> next) {
        Set<Integer> silent = new HashSet<>();
        next.stream()
                .filter(id -> group.nodes().contains(id) && !group.keepsUp(id))
                .forEach(silent::add);
        return next.size() - silent.size() > next.size() / 2
                ? new Change(next)
                : new Wait("nodes " + new TreeSet<>(silent) + " do not keep up, and " + next + " have no majority"
                        + " without them");
    }
}
