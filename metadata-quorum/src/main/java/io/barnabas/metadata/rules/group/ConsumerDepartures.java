package io.barnabas.metadata.rules.group;

import io.barnabas.metadata.rules.group.Deadlines.Kind;
import java.util.Collection;

/** How members of a consumer group go, and what becomes of the group. */
final class ConsumerDepartures {

    private final Groups groups;
    private final ConsumerGroup group;

    ConsumerDepartures(Groups groups, ConsumerGroup group) {
        this.groups = groups;
        this.group = group;
    }

    /** They are gone, their partitions are free. If none but classic members stay, the group becomes a classic one. */
    void remove(Collection<ConsumerMember> gone, Turn turn) {
        if (gone.isEmpty()) {
            return;
        }
        for (ConsumerMember member : gone) {
            group.cancelDeadlines(member.id());
            group.write(new GroupRecord.ConsumerMemberRemoved(group.id(), member.id()), turn);
        }
        if (ConsumerMigration.mayDowngrade(group, groups.settings())) {
            ConsumerMigration.downgrade(group, groups, turn);
        } else {
            group.targets().changed(true, turn);
        }
    }

    /** A static member stops and will be back: what it has stays its own until its session ends. */
    void leaveForNow(ConsumerMember member, Turn turn) {
        group.deadlines().cancel(group.id(), Kind.REVOCATION, member.id());
        group.write(member.leftForNow().current(), turn);
    }

    /** A static member is back under another member id, and takes over what it had. */
    void replace(ConsumerMember before, String memberId, Turn turn) {
        ConsumerMember after = before.replacedBy(memberId);
        GroupRecord.TargetAssignment target =
                new GroupRecord.TargetAssignment(group.id(), memberId, group.target(before.id()));
        group.cancelDeadlines(before.id());
        group.write(new GroupRecord.ConsumerMemberRemoved(group.id(), before.id()), turn);
        group.write(after.wish(), turn);
        group.write(target, turn);
        group.write(after.current(), turn);
    }
}
