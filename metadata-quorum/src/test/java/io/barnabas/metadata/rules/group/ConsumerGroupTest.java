package io.barnabas.metadata.rules.group;

import static io.barnabas.metadata.rules.group.ConsumerRig.GROUP;
import static io.barnabas.metadata.rules.group.ConsumerRig.set;
import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.metadata.rules.group.GroupRequest.CommitOffsets;
import io.barnabas.metadata.rules.group.GroupRequest.OffsetToCommit;
import io.barnabas.metadata.rules.group.GroupSettings.Migration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Consumer groups by the rules of KIP-848. */
class ConsumerGroupTest {

    private final ConsumerRig rig = new ConsumerRig();

    @Test
    void theFirstMemberGetsEverythingAtEpochOne() {
        UUID topic = rig.topic("t", 3);
        var joined = rig.beat("a").joining("t").done();
        assertThat(joined.memberId()).isEqualTo("a");
        assertThat(joined.memberEpoch()).isEqualTo(1);
        assertThat(joined.heartbeatIntervalMs()).isEqualTo(5_000);
        assertThat(joined.assignment()).contains(Map.of(topic, set(0, 1, 2)));
        assertThat(rig.state()).isEqualTo("Stable");
        assertThat(rig.beat("a").epoch(1).done().assignment())
                .as("nothing has changed")
                .isEmpty();
        assertThat(rig.beat("a").joining("t").epoch(1).done().assignment())
                .as("a heartbeat with everything is answered with everything")
                .contains(Map.of(topic, set(0, 1, 2)));
    }

    @Test
    void aMemberWithoutIdGetsOne() {
        rig.topic("t", 1);
        String id = rig.beat("").joining("t").done().memberId();
        assertThat(id).isNotEmpty();
        assertThat(rig.beat(id).epoch(1).done().memberEpoch()).isEqualTo(1);
    }

    @Test
    void aPartitionChangesHandsOnlyAfterItsOwnerGaveItUp() {
        UUID topic = rig.topic("t", 2);
        rig.beat("a").joining("t").done();
        var joined = rig.beat("b").joining("t").done();
        assertThat(joined.memberEpoch()).isEqualTo(2);
        assertThat(joined.assignment()).contains(Map.of());
        assertThat(rig.state()).isEqualTo("Reconciling");

        var revoke = rig.beat("a").epoch(1).done();
        assertThat(revoke.memberEpoch()).as("not before it gave up").isEqualTo(1);
        assertThat(revoke.assignment()).contains(Map.of(topic, set(0)));
        assertThat(rig.beat("a").epoch(1).owning(topic, 0, 1).done().memberEpoch())
                .isEqualTo(1);
        assertThat(rig.beat("b").epoch(2).done().assignment()).isEmpty();

        assertThat(rig.beat("a").epoch(1).owning(topic, 0).done().memberEpoch()).isEqualTo(2);
        assertThat(rig.beat("b").epoch(2).done().assignment()).contains(Map.of(topic, set(1)));
        assertThat(rig.state()).isEqualTo("Stable");
    }

    @Test
    void whatAMemberHasNotTakenYetIsNotGivenUp() {
        UUID topic = rig.topic("t", 2);
        rig.beat("a").joining("t").done();
        rig.beat("b").joining("t").done();
        var shrunk = rig.beat("a").epoch(1).owning(null).done();
        assertThat(shrunk.memberEpoch()).isEqualTo(1);
        assertThat(shrunk.assignment()).contains(Map.of(topic, set(0)));
        assertThat(rig.beat("b").epoch(2).done().assignment())
                .as("a may have taken both before it was answered")
                .isEmpty();

        assertThat(rig.beat("a").epoch(1).owning(null).done().memberEpoch()).isEqualTo(2);
        assertThat(rig.beat("b").epoch(2).done().assignment()).contains(Map.of(topic, set(1)));
    }

    @Test
    void aMemberThatLeavesFreesItsPartitions() {
        UUID topic = rig.topic("t", 2);
        rig.beat("a").joining("t").done();
        rig.beat("b").joining("t").done();
        var left = rig.beat("a").epoch(-1).done();
        assertThat(left.memberEpoch()).isEqualTo(-1);
        assertThat(rig.state()).isEqualTo("Assigning");
        assertThat(rig.beat("b").epoch(2).done().assignment()).contains(Map.of(topic, set(0, 1)));
        rig.beat("b").epoch(-1).done();
        assertThat(rig.state()).isEqualTo("Empty");
        assertThat(rig.beat("b").epoch(3).error()).isEqualTo(GroupError.UNKNOWN_MEMBER_ID);
        assertThat(rig.beat("b").joining("t").done().memberEpoch())
                .as("epochs go on")
                .isEqualTo(5);
    }

    @Test
    void wrongEpochsAreFenced() {
        UUID topic = rig.topic("t", 2);
        rig.beat("a").joining("t").done();
        assertThat(rig.beat("a").epoch(2).error()).isEqualTo(GroupError.FENCED_MEMBER_EPOCH);
        rig.beat("a").epoch(1).topics("t", "u").done();
        assertThat(rig.beat("a").epoch(1).error()).isEqualTo(GroupError.FENCED_MEMBER_EPOCH);
        assertThat(rig.beat("a").epoch(1).owning(topic, 0, 1).done().memberEpoch())
                .as("it may have missed the answer")
                .isEqualTo(2);
        assertThat(rig.beat("x").epoch(1).error()).isEqualTo(GroupError.UNKNOWN_MEMBER_ID);
        assertThat(rig.beat("a").joining("t").done().memberEpoch())
                .as("joining again is always possible")
                .isEqualTo(3);
    }

    @Test
    void aGroupThatIsNotThereIsOnlyMadeByJoining() {
        assertThat(rig.beat("a").epoch(3).error()).isEqualTo(GroupError.GROUP_ID_NOT_FOUND);
        assertThat(rig.send(new GroupRequest.DescribeConsumer("x"))).isInstanceOf(GroupResponse.Failed.class);
    }

    @Test
    void malformedHeartbeatsAreRefused() {
        assertThat(rig.beat("a").topics("t").owning(null).error()).isEqualTo(GroupError.INVALID_REQUEST);
        assertThat(rig.beat("a").topics("t").rebalanceTimeout(9).error()).isEqualTo(GroupError.INVALID_REQUEST);
        assertThat(rig.beat("a").rebalanceTimeout(9).owning(null).error()).isEqualTo(GroupError.INVALID_REQUEST);
        assertThat(rig.beat("").epoch(1).error()).isEqualTo(GroupError.INVALID_REQUEST);
        assertThat(rig.beat("a").epoch(-2).error()).isEqualTo(GroupError.INVALID_REQUEST);
        assertThat(rig.beat("a").epoch(-3).error()).isEqualTo(GroupError.INVALID_REQUEST);
        assertThat(rig.beat("a").joining("t").instance("").error()).isEqualTo(GroupError.INVALID_REQUEST);
        assertThat(rig.beat("a").joining("t").assignor("sticky").error()).isEqualTo(GroupError.UNSUPPORTED_ASSIGNOR);
        assertThat(rig.beat("a").joining().regex("(").error()).isEqualTo(GroupError.INVALID_REGULAR_EXPRESSION);
        assertThat(rig.log).isEmpty();
    }

    @Test
    void silentMembersGo() {
        UUID topic = rig.topic("t", 2);
        rig.beat("a").joining("t").done();
        rig.beat("b").joining("t").done();
        rig.pass(40_000);
        rig.beat("b").epoch(2).done();
        rig.pass(6_000);
        assertThat(rig.beat("a").epoch(1).error()).isEqualTo(GroupError.UNKNOWN_MEMBER_ID);
        assertThat(rig.beat("b").epoch(2).done().assignment()).contains(Map.of(topic, set(0, 1)));
    }

    @Test
    void aMemberThatDoesNotGiveUpInTimeGoes() {
        rig.topic("t", 2);
        rig.beat("a").joining("t").rebalanceTimeout(10_000).done();
        rig.beat("b").joining("t").done();
        rig.beat("a").epoch(1).done();
        rig.pass(9_000);
        rig.beat("a").epoch(1).done();
        rig.pass(1_001);
        assertThat(rig.beat("a").epoch(1).error()).isEqualTo(GroupError.UNKNOWN_MEMBER_ID);
    }

    @Test
    void aFullGroupTurnsMembersAway() {
        ConsumerRig small = new ConsumerRig(ConsumerRig.settings(1, Migration.BIDIRECTIONAL));
        small.topic("t", 2);
        small.beat("a").joining("t").done();
        assertThat(small.beat("b").joining("t").error()).isEqualTo(GroupError.GROUP_MAX_SIZE_REACHED);
        assertThat(small.beat("a").joining("t").done().memberEpoch()).isEqualTo(1);
    }

    @Test
    void aStaticMemberComesBackToWhatItHad() {
        UUID topic = rig.topic("t", 2);
        rig.beat("a").instance("i").joining("t").done();
        assertThat(rig.beat("a2").instance("i").joining("t").error()).isEqualTo(GroupError.UNRELEASED_INSTANCE_ID);
        assertThat(rig.beat("a").instance("i").epoch(-2).done().memberEpoch()).isEqualTo(-2);
        assertThat(rig.beat("b").joining("t").done().assignment())
                .as("what it had stays reserved")
                .contains(Map.of());
        var back = rig.beat("a2").instance("i").joining("t").done();
        assertThat(back.assignment()).contains(Map.of(topic, set(0)));
        assertThat(back.memberEpoch()).isEqualTo(2);
        assertThat(rig.beat("a").instance("i").epoch(1).error()).isEqualTo(GroupError.FENCED_INSTANCE_ID);
        assertThat(rig.beat("x").instance("j").epoch(1).error()).isEqualTo(GroupError.UNKNOWN_MEMBER_ID);
        assertThat(rig.describe().groupEpoch()).as("no rebalance for that").isEqualTo(2);
    }

    @Test
    void aStaticMemberThatStaysAwayLosesWhatItHad() {
        UUID topic = rig.topic("t", 2);
        rig.beat("a").instance("i").joining("t").done();
        rig.beat("a").instance("i").epoch(-2).done();
        rig.pass(30_000);
        rig.beat("b").joining("t").done();
        rig.pass(16_000);
        assertThat(rig.beat("b").epoch(2).done().assignment()).contains(Map.of(topic, set(0, 1)));
    }

    @Test
    void aJoinWhoseAnswerWasLostMayBeRepeated() {
        UUID topic = rig.topic("t", 2);
        rig.beat("a").instance("i").joining("t").done();
        assertThat(rig.beat("a").instance("i").joining("t").done().assignment()).contains(Map.of(topic, set(0, 1)));
    }

    @Test
    void topicsThatChangeMakeANewEpoch() {
        UUID topic = rig.topic("t", 1);
        rig.beat("a").joining("t", "later").done();
        rig.topic("t", 3);
        var grown = rig.beat("a").epoch(1).done();
        assertThat(grown.memberEpoch()).isEqualTo(2);
        assertThat(grown.assignment()).contains(Map.of(topic, set(0, 1, 2)));
        UUID later = rig.topic("later", 1);
        assertThat(rig.beat("a").epoch(2).done().assignment()).contains(Map.of(topic, set(0, 1, 2), later, set(0)));
        rig.topic("other", 5);
        assertThat(rig.beat("a").epoch(3).done().memberEpoch()).isEqualTo(3);
        rig.deleteTopic("t");
        assertThat(rig.beat("a").epoch(3).done().assignment()).contains(Map.of(later, set(0)));
    }

    @Test
    void expressionsFollowTheTopics() {
        UUID one = rig.topic("in-1", 1);
        rig.topic("out-1", 1);
        assertThat(rig.beat("a").joining().regex("in-\\d").done().assignment()).contains(Map.of(one, set(0)));
        UUID two = rig.topic("in-2", 1);
        rig.topic("in-2-old", 1);
        assertThat(rig.beat("a").epoch(1).done().assignment()).contains(Map.of(one, set(0), two, set(0)));
        assertThat(rig.beat("a")
                        .epoch(2)
                        .regex("")
                        .topics("in-1")
                        .owning(one, 0)
                        .done()
                        .assignment())
                .contains(Map.of(one, set(0)));
        assertThat(rig.log).contains(new GroupRecord.RegexRemoved(GROUP, "in-\\d"));
    }

    @Test
    void theAssignorIsThatOfTheMajority() {
        UUID one = rig.topic("one", 3);
        UUID two = rig.topic("two", 3);
        rig.beat("a").joining("one", "two").assignor("range").done();
        assertThat(rig.describe().assignor()).isEqualTo("range");
        rig.beat("b").joining("one", "two").done();
        assertThat(rig.describe().members())
                .extracting(GroupResponse.ConsumerMember::targetAssignment)
                .containsExactly(Map.of(one, set(0, 1), two, set(0, 1)), Map.of(one, set(2), two, set(2)));
        rig.beat("b").epoch(2).assignor("uniform").done();
        rig.beat("c").joining("one", "two").assignor("uniform").done();
        assertThat(rig.describe().assignor()).isEqualTo("uniform");
    }

    @Test
    void aNewCoordinatorGoesOnWhereTheOldOneStopped() {
        UUID topic = rig.topic("t", 2);
        rig.beat("a").joining("t").done();
        rig.beat("b").joining("t").done();
        rig.beat("a").epoch(1).done();
        var before = rig.describe();
        rig.failOver();
        assertThat(rig.describe()).isEqualTo(before);
        rig.beat("a").epoch(1).owning(topic, 0).done();
        assertThat(rig.beat("b").epoch(2).done().assignment()).contains(Map.of(topic, set(1)));
        rig.pass(45_001);
        assertThat(rig.state()).isEqualTo("Empty");
    }

    @Test
    void commitsAndReadsNeedTheMembersEpoch() {
        UUID topic = rig.topic("t", 2);
        assertThat(commit("", -1, topic, 0)).isEmpty();
        rig.beat("a").joining("t").done();
        assertThat(commit("a", 1, topic, 0)).isEmpty();
        assertThat(commit("", -1, topic, 0)).contains(GroupError.UNKNOWN_MEMBER_ID);
        assertThat(commit("x", 1, topic, 0)).contains(GroupError.UNKNOWN_MEMBER_ID);
        assertThat(commit("a", 2, topic, 0)).contains(GroupError.STALE_MEMBER_EPOCH);
        rig.beat("b").joining("t").done();
        rig.beat("a").epoch(1).done();
        rig.beat("a").epoch(1).owning(topic, 0).done();
        assertThat(commit("a", 1, topic, 0))
                .as("of the epoch just before, and still its own")
                .isEmpty();
        assertThat(commit("a", 1, topic, 1)).contains(GroupError.STALE_MEMBER_EPOCH);
        assertThat(read("a", 2)).isEmpty();
        assertThat(read("a", 1)).contains(GroupError.STALE_MEMBER_EPOCH);
        assertThat(read("x", 1)).contains(GroupError.UNKNOWN_MEMBER_ID);
    }

    @Test
    void offsetsOfSubscribedTopicsAreNotDeleted() {
        rig.topic("t", 1);
        rig.beat("a").joining("t").done();
        var answer = (GroupResponse.OffsetsChanged)
                rig.send(new GroupRequest.DeleteOffsets(GROUP, Map.of("t", List.of(0), "u", List.of(0))));
        assertThat(answer.errors())
                .isEqualTo(Map.of(new GroupResponse.TopicPartition("t", 0), GroupError.GROUP_SUBSCRIBED_TO_TOPIC));
        assertThat(rig.send(new GroupRequest.DeleteGroup(GROUP)))
                .isInstanceOfSatisfying(
                        GroupResponse.Failed.class,
                        failed -> assertThat(failed.error()).isEqualTo(GroupError.NON_EMPTY_GROUP));
        rig.beat("a").epoch(-1).done();
        assertThat(rig.send(new GroupRequest.DeleteGroup(GROUP))).isEqualTo(new GroupResponse.Done());
        assertThat(rig.machine.list()).isEmpty();
    }

    private Optional<GroupError> commit(String memberId, int epoch, UUID topic, int partition) {
        return error(rig.send(new CommitOffsets(
                GROUP,
                memberId,
                Optional.empty(),
                epoch,
                Optional.empty(),
                List.of(new OffsetToCommit(topic, "t", partition, 5, -1, "")))));
    }

    private Optional<GroupError> read(String memberId, int epoch) {
        return error(rig.send(new GroupRequest.ReadOffsets(GROUP, Optional.of(memberId), epoch, Optional.empty())));
    }

    private static Optional<GroupError> error(GroupResponse response) {
        return response instanceof GroupResponse.Failed(GroupError error, String message)
                ? Optional.of(error)
                : Optional.empty();
    }
}
