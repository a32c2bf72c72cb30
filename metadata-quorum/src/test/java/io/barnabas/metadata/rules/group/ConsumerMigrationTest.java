package io.barnabas.metadata.rules.group;

import static io.barnabas.metadata.rules.group.ConsumerRig.GROUP;
import static io.barnabas.metadata.rules.group.ConsumerRig.set;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.barnabas.metadata.rules.group.GroupRequest.LeavingMember;
import io.barnabas.metadata.rules.group.GroupRequest.Protocol;
import io.barnabas.metadata.rules.group.GroupResponse.Joined;
import io.barnabas.metadata.rules.group.GroupResponse.Synced;
import io.barnabas.metadata.rules.group.GroupSettings.Migration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Groups that change their kind while they have members (KIP-848, "Online migration"). */
class ConsumerMigrationTest {

    private ConsumerRig rig = new ConsumerRig();

    private static ByteString subscription(String topic, int... owned) {
        List<TopicPartition> partitions = set(owned).stream()
                .map(partition -> new TopicPartition(topic, partition))
                .toList();
        return ByteString.copyFrom(
                ConsumerProtocol.serializeSubscription(new Subscription(List.of(topic), null, partitions)));
    }

    private static GroupRequest.Join join(String memberId, String protocol, int... owned) {
        return join(memberId, Optional.empty(), protocol, owned);
    }

    private static GroupRequest.Join join(String memberId, Optional<String> instance, String protocol, int... owned) {
        return new GroupRequest.Join(
                GROUP,
                memberId,
                instance,
                "client",
                "/host",
                10_000,
                60_000,
                "consumer",
                List.of(new Protocol(protocol, subscription("t", owned))),
                false,
                true);
    }

    private GroupResponse sync(Joined joined, Map<String, ByteString> assignments) {
        return rig.send(new GroupRequest.Sync(
                GROUP,
                joined.memberId(),
                Optional.empty(),
                joined.generation(),
                Optional.of("consumer"),
                Optional.of(joined.protocol()),
                assignments));
    }

    private Optional<GroupError> heartbeat(Joined joined) {
        GroupResponse response =
                rig.send(new GroupRequest.Heartbeat(GROUP, joined.memberId(), Optional.empty(), joined.generation()));
        return response instanceof GroupResponse.Failed(GroupError error, String message)
                ? Optional.of(error)
                : Optional.empty();
    }

    private static Map<String, Set<Integer>> partitions(GroupResponse synced) {
        return ConsumerProtocolFormat.readAssignment(((Synced) synced).assignment())
                .orElseThrow()
                .partitions();
    }

    /** A classic group with one member that has both partitions of topic t. */
    private Joined classicGroup(Optional<String> instance, String protocol) {
        long ticket = rig.ask(join("", instance, protocol));
        rig.pass(3_000);
        Joined joined = (Joined) rig.answers.get(ticket);
        rig.send(new GroupRequest.Sync(
                GROUP,
                joined.memberId(),
                instance,
                joined.generation(),
                Optional.empty(),
                Optional.empty(),
                Map.of(joined.memberId(), ConsumerProtocolFormat.writeAssignment(1, Map.of("t", Set.of(0, 1))))));
        assertThat(rig.state()).isEqualTo("Stable");
        return joined;
    }

    @Test
    void aClassicMemberStaysWhenTheFirstOneComesByTheNewProtocol() {
        UUID topic = rig.topic("t", 2);
        Joined classic = classicGroup(Optional.empty(), "cooperative-sticky");

        var joined = rig.beat("new").joining("t").done();
        assertThat(joined.memberEpoch()).isEqualTo(classic.generation() + 1);
        assertThat(joined.assignment()).contains(Map.of());
        assertThat(rig.describe().members())
                .extracting(GroupResponse.ConsumerMember::classic)
                .containsExactlyInAnyOrder(true, false);

        assertThat(heartbeat(classic)).contains(GroupError.REBALANCE_IN_PROGRESS);
        Joined revoking = (Joined) rig.send(join(classic.memberId(), "cooperative-sticky", 0, 1));
        assertThat(revoking.generation()).as("it has yet to give up").isEqualTo(classic.generation());
        assertThat(revoking.leader()).isEmpty();
        assertThat(partitions(sync(revoking, Map.of()))).isEqualTo(Map.of("t", Set.of(0)));
        assertThat(rig.beat("new").epoch(2).done().assignment()).isEmpty();

        Joined caughtUp = (Joined) rig.send(join(classic.memberId(), "cooperative-sticky", 0));
        assertThat(caughtUp.generation()).isEqualTo(classic.generation() + 1);
        assertThat(partitions(sync(caughtUp, Map.of()))).isEqualTo(Map.of("t", Set.of(0)));
        assertThat(heartbeat(caughtUp)).isEmpty();
        assertThat(rig.beat("new").epoch(2).done().assignment()).contains(Map.of(topic, set(1)));
        assertThat(heartbeat(classic)).contains(GroupError.ILLEGAL_GENERATION);
    }

    @Test
    void anEagerMemberHasGivenUpEverythingWhenItJoins() {
        UUID topic = rig.topic("t", 2);
        Joined classic = classicGroup(Optional.empty(), "range");
        rig.beat("new").joining("t").done();
        Joined caughtUp = (Joined) rig.send(join(classic.memberId(), "range"));
        assertThat(caughtUp.generation()).isEqualTo(2);
        assertThat(partitions(sync(caughtUp, Map.of()))).isEqualTo(Map.of("t", Set.of(0)));
        assertThat(rig.beat("new").epoch(2).done().assignment()).contains(Map.of(topic, set(1)));
    }

    @Test
    void aClassicMemberThatIgnoresTheRebalanceGoes() {
        rig.topic("t", 2);
        Joined classic = classicGroup(Optional.empty(), "range");
        rig.beat("new").joining("t").done();
        for (int i = 0; i < 13; i++) {
            heartbeat(classic);
            rig.beat("new").epoch(2).done();
            rig.pass(5_000);
        }
        assertThat(heartbeat(classic)).contains(GroupError.UNKNOWN_MEMBER_ID);
    }

    @Test
    void theGroupTurnsBackWhenTheLastMemberOfTheNewProtocolLeaves() {
        rig.topic("t", 2);
        Joined classic = classicGroup(Optional.empty(), "range");
        rig.beat("new").joining("t").done();
        Joined caughtUp = (Joined) rig.send(join(classic.memberId(), "range"));
        sync(caughtUp, Map.of());
        rig.beat("new").epoch(-1).done();
        assertThat(rig.machine.list()).extracting(GroupSummary::type).containsExactly(GroupSummary.Type.CLASSIC);
        assertThat(heartbeat(caughtUp)).contains(GroupError.REBALANCE_IN_PROGRESS);
        Joined alone = (Joined) rig.send(join(classic.memberId(), "range"));
        assertThat(alone.generation()).isGreaterThan(caughtUp.generation());
        assertThat(alone.leader()).isEqualTo(classic.memberId());
        rig.failOver();
        assertThat(rig.machine.list()).extracting(GroupSummary::type).containsExactly(GroupSummary.Type.CLASSIC);
    }

    @Test
    void aStaticMemberMayMoveBothWays() {
        UUID topic = rig.topic("t", 2);
        Joined classic = classicGroup(Optional.of("i"), "range");
        var moved = rig.beat("new").instance("i").joining("t").done();
        assertThat(moved.assignment()).contains(Map.of(topic, set(0, 1)));
        assertThat(heartbeat(classic)).contains(GroupError.UNKNOWN_MEMBER_ID);
        rig.beat("new").instance("i").epoch(-2).done();

        Joined back = (Joined) rig.send(join("", Optional.of("i"), "range"));
        assertThat(back.leader()).isEqualTo(back.memberId());
        assertThat(back.generation()).isGreaterThan(moved.memberEpoch());
        assertThat(rig.machine.list()).extracting(GroupSummary::type).containsExactly(GroupSummary.Type.CLASSIC);
    }

    @Test
    void classicMembersLeaveAConsumerGroup() {
        UUID topic = rig.topic("t", 2);
        Joined classic = classicGroup(Optional.empty(), "range");
        rig.beat("new").joining("t").done();
        var left = (GroupResponse.Left) rig.send(new GroupRequest.Leave(
                GROUP,
                List.of(
                        new LeavingMember(classic.memberId(), Optional.empty()),
                        new LeavingMember("x", Optional.empty()),
                        new LeavingMember("", Optional.of("nobody")))));
        assertThat(left.members())
                .extracting(GroupResponse.LeftMember::error)
                .containsExactly(
                        Optional.empty(),
                        Optional.of(GroupError.UNKNOWN_MEMBER_ID),
                        Optional.of(GroupError.UNKNOWN_MEMBER_ID));
        assertThat(rig.beat("new").epoch(2).done().assignment()).contains(Map.of(topic, set(0, 1)));
    }

    @Test
    void theSilenceOfAClassicMemberIsMeasuredByItsOwnTimeout() {
        rig.topic("t", 2);
        classicGroup(Optional.empty(), "range");
        rig.beat("new").joining("t").done();
        rig.pass(10_001);
        assertThat(rig.describe().members())
                .extracting(GroupResponse.ConsumerMember::memberId)
                .containsExactly("new");
    }

    @Test
    void thePolicySaysWhichWayIsOpen() {
        rig = new ConsumerRig(ConsumerRig.settings(10, Migration.DOWNGRADE));
        rig.topic("t", 2);
        classicGroup(Optional.empty(), "range");
        assertThat(rig.beat("new").joining("t").error()).isEqualTo(GroupError.GROUP_ID_NOT_FOUND);

        rig = new ConsumerRig(ConsumerRig.settings(10, Migration.UPGRADE));
        rig.topic("t", 2);
        classicGroup(Optional.empty(), "range");
        rig.beat("new").joining("t").done();
        rig.beat("new").epoch(-1).done();
        assertThat(rig.machine.list()).extracting(GroupSummary::type).containsExactly(GroupSummary.Type.CONSUMER);

        rig = new ConsumerRig(ConsumerRig.settings(10, Migration.DISABLED));
        rig.topic("t", 2);
        rig.beat("new").joining("t").done();
        assertThat(((GroupResponse.Failed) rig.send(join("", "range"))).error())
                .isEqualTo(GroupError.INCONSISTENT_GROUP_PROTOCOL);
    }

    @Test
    void onlyConsumersThatUnderstandEachOtherJoinAConsumerGroup() {
        rig.topic("t", 2);
        classicGroup(Optional.empty(), "range");
        rig.beat("new").joining("t").done();
        assertThat(((GroupResponse.Failed) rig.send(join("", "sticky"))).error())
                .isEqualTo(GroupError.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(rig.send(join("", "range"))).isInstanceOf(Joined.class);
    }

    @Test
    void anEmptyGroupBecomesWhatItsFirstMemberSpeaks() {
        UUID topic = rig.topic("t", 2);
        Joined classic = classicGroup(Optional.empty(), "range");
        rig.send(new GroupRequest.Leave(GROUP, List.of(new LeavingMember(classic.memberId(), Optional.empty()))));
        assertThat(rig.beat("new").joining("t").done().assignment()).contains(Map.of(topic, set(0, 1)));
        rig.beat("new").epoch(-1).done();
        classicGroup(Optional.empty(), "range");
        assertThat(rig.machine.list()).extracting(GroupSummary::type).containsExactly(GroupSummary.Type.CLASSIC);
    }
}
