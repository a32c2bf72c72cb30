package io.barnabas.metadata.rules.group;

import com.google.protobuf.ByteString;
import io.barnabas.metadata.rules.group.ConsumerMember.State;
import io.barnabas.metadata.rules.group.ConsumerProtocolFormat.Assignment;
import io.barnabas.metadata.rules.group.ConsumerProtocolFormat.Subscription;
import io.barnabas.metadata.rules.group.GroupRecord.ClassicGroupState;
import io.barnabas.metadata.rules.group.GroupRecord.ClassicMemberState;
import io.barnabas.metadata.rules.group.GroupRecord.ClassicSide;
import io.barnabas.metadata.rules.group.GroupRecord.ConsumerMemberState;
import io.barnabas.metadata.rules.group.GroupRequest.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Turns a group of one kind, members and all, into one of the other (KIP-848, "Online migration"): classic to consumer
 * when the first member joins by the new protocol, and back when the last such member is gone.
 */
final class ConsumerMigration {

    private ConsumerMigration() {}

    /** Why a classic group with members does not become a consumer group. */
    static Optional<Group.Refused> upgradeRefusal(ClassicGroup group, GroupSettings settings) {
        ClassicGroupState state = group.state();
        if (!settings.consumer().migration().mayUpgrade()) {
            return refused(group, "group.consumer.migration.policy does not allow it");
        } else if (!state.protocolType().equals(ConsumerProtocolFormat.PROTOCOL_TYPE)) {
            return refused(group, "its members are not consumers but '" + state.protocolType() + "'");
        } else if (state.members().size() >= settings.consumer().maxSize()) {
            return refused(group, "it would have more members than group.consumer.max.size allows");
        }
        for (ClassicMemberState member : state.members()) {
            Optional<Assignment> assignment = ConsumerProtocolFormat.readAssignment(member.assignment());
            if (subscription(state, member).isEmpty() || assignment.isEmpty()) {
                return refused(group, "what member " + member.memberId() + " says is not the format of consumers");
            } else if (assignment.get().hasUserData()) {
                return refused(group, "its assignor tells members more than their partitions, which would be lost");
            }
        }
        return Optional.empty();
    }

    private static Optional<Group.Refused> refused(Group group, String reason) {
        return Optional.of(new Group.Refused(
                GroupError.GROUP_ID_NOT_FOUND,
                "Group " + group.id() + " is a classic group and cannot become a consumer group: " + reason + "."));
    }

    private static Optional<Subscription> subscription(ClassicGroupState state, ClassicMemberState member) {
        List<Protocol> protocols = member.protocols();
        return protocols.stream()
                .filter(protocol -> state.protocol().equals(Optional.of(protocol.name())))
                .findFirst()
                .or(() -> protocols.stream().findFirst())
                .flatMap(protocol -> ConsumerProtocolFormat.readSubscription(protocol.metadata()));
    }

    /**
     * Makes it a consumer group. Its members have what their last generation gave them, and that is their target until
     * the one whose coming made the change has joined.
     */
    static ConsumerGroup upgrade(ClassicGroup classic, Groups groups, Turn turn) {
        ClassicGroupState state = classic.state();
        classic.disband(
                GroupError.REBALANCE_IN_PROGRESS, "The group changes to the consumer protocol; join again.", turn);
        turn.write(new GroupRecord.MembershipRemoved(classic.id()));
        ConsumerGroup group = new ConsumerGroup(groups, classic.id());
        groups.put(group);
        group.write(
                new GroupRecord.ConsumerGroupState(classic.id(), state.generation(), state.generation(), 0, -1), turn);
        for (ClassicMemberState member : state.members()) {
            admit(group, state, member, turn);
        }
        return group;
    }

    private static void admit(ConsumerGroup group, ClassicGroupState state, ClassicMemberState member, Turn turn) {
        Subscription subscription = subscription(state, member).orElseThrow();
        Map<UUID, Set<Integer>> assigned = ClassicGuests.byId(
                ConsumerProtocolFormat.readAssignment(member.assignment())
                        .orElseThrow()
                        .partitions(),
                turn.image());
        ConsumerMemberState wish = new ConsumerMemberState(
                group.id(),
                member.memberId(),
                member.groupInstanceId(),
                subscription.rack(),
                member.clientId(),
                member.clientHost(),
                member.rebalanceTimeoutMs(),
                subscription.topics(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(new ClassicSide(member.sessionTimeoutMs(), member.protocols())));
        group.write(wish, turn);
        group.write(new GroupRecord.TargetAssignment(group.id(), member.memberId(), assigned), turn);
        ConsumerMember admitted = ConsumerMember.unknown(group.id(), member.memberId())
                .with(wish)
                .moved(state.generation(), State.STABLE, assigned, Map.of());
        group.write(admitted.current(), turn);
        group.heardOf(admitted, turn.nowMs());
    }

    /** Whether none but classic members are left in the group, and it may become a classic group again. */
    static boolean mayDowngrade(ConsumerGroup group, GroupSettings settings) {
        return !group.isEmpty()
                && settings.consumer().migration().mayDowngrade()
                && group.members().size() <= settings.classic().maxSize()
                && group.members().stream().allMatch(member -> member.classic().isPresent());
    }

    /** Makes it a classic group, whose members then join again to assign by themselves. */
    static ClassicGroup downgrade(ConsumerGroup group, Groups groups, Turn turn) {
        group.close();
        turn.write(new GroupRecord.MembershipRemoved(group.id()));
        List<ClassicMemberState> members = new ArrayList<>();
        for (ConsumerMember member : group.members()) {
            ClassicSide classic = member.classic().orElseThrow();
            ByteString subscription = classic.protocols().getFirst().metadata();
            // All that it may be using: should the group change again soon, nobody else must get it.
            Map<UUID, Set<Integer>> held = PartitionSets.union(member.assigned(), member.revoking());
            members.add(new ClassicMemberState(
                    member.id(),
                    member.wish().groupInstanceId(),
                    member.wish().clientId(),
                    member.wish().clientHost(),
                    classic.sessionTimeoutMs(),
                    member.wish().rebalanceTimeoutMs(),
                    classic.protocols(),
                    ClassicGuests.assignment(held, subscription, turn.image())));
        }
        ClassicGroupState state = new ClassicGroupState(
                group.id(),
                ConsumerProtocolFormat.PROTOCOL_TYPE,
                commonProtocol(members),
                Optional.of(members.getFirst().memberId()),
                group.groupEpoch(),
                turn.nowMs(),
                members);
        turn.write(state);
        ClassicGroup classic = ClassicGroup.restore(groups, state);
        groups.put(classic);
        classic.loaded(turn.nowMs());
        classic.prepareRebalance(turn);
        return classic;
    }

    /** Which protocol all know: there is one, for nobody else was let in. */
    private static Optional<String> commonProtocol(List<ClassicMemberState> members) {
        return members.getFirst().protocols().stream()
                .map(Protocol::name)
                .filter(name -> members.stream()
                        .allMatch(member -> member.protocols().stream()
                                .anyMatch(protocol -> protocol.name().equals(name))))
                .findFirst();
    }
}
