package io.barnabas.metadata.rules.group;

import static io.barnabas.metadata.rules.group.ClassicClient.REBALANCE_MS;
import static io.barnabas.metadata.rules.group.ClassicClient.SESSION_MS;
import static io.barnabas.metadata.rules.group.ClassicClient.bytes;
import static io.barnabas.metadata.rules.group.ClassicClient.protocol;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What outlasts a member's process or a coordinator: static members, the size of a group, failover. */
class ClassicStaticMembersTest extends ClassicGroupFixture {

    @Nested
    class StaticMembers {

        @Test
        void comingBackToAStableGroupKeepsTheGeneration() {
            ClassicClient leader = client();
            ClassicClient before = client().instance("i");
            stabilize(leader, before);
            ClassicClient after = client().instance("i");

            GroupResponse.Joined joined = after.joined(after.join());

            assertThat(joined.generation()).isEqualTo(1);
            assertThat(joined.memberId()).isNotEqualTo(before.memberId());
            assertThat(joined.leader()).isEqualTo(leader.memberId());
            assertThat(shard.answer(after.sync(Map.of())))
                    .isEqualTo(new GroupResponse.Synced("consumer", "range", bytes("for " + before.memberId())));
            assertThat(shard.error(before.heartbeat())).isEqualTo(GroupError.FENCED_INSTANCE_ID);
            assertThat(state()).isEqualTo("Stable");
        }

        @Test
        void theNewIdOutlivesTheCoordinator() {
            ClassicClient before = client().instance("i");
            stabilize(before);
            ClassicClient after = client().instance("i");
            after.joined(after.join());
            shard.restart();

            assertThat(shard.answer(after.heartbeat())).isEqualTo(new GroupResponse.Done());
            assertThat(shard.error(before.heartbeat())).isEqualTo(GroupError.FENCED_INSTANCE_ID);
        }

        @Test
        void aLeaderThatComesBackIsToldToSkipTheAssignment() {
            ClassicClient before = client().instance("i");
            ClassicClient follower = client();
            stabilize(before, follower);
            ClassicClient after = client().instance("i");

            GroupResponse.Joined joined = after.joined(after.join());

            assertThat(joined.skipAssignment()).isTrue();
            assertThat(joined.leader()).isEqualTo(after.memberId());
            assertThat(joined.members()).hasSize(2);
        }

        @Test
        void anOldLeaderThatComesBackIsNotToldThatItLeads() {
            ClassicClient before = client().instance("i");
            stabilize(before);
            ClassicClient after = client().instance("i").old();

            GroupResponse.Joined joined = after.joined(after.join());

            assertThat(joined.skipAssignment()).isFalse();
            assertThat(joined.leader()).isEqualTo(before.memberId());
            assertThat(joined.members()).isEmpty();
        }

        @Test
        void comingBackWithAnotherProtocolRebalances() {
            ClassicClient before =
                    client().instance("i").protocols(protocol("range", bytes("")), protocol("sticky", bytes("")));
            stabilize(before);
            ClassicClient after =
                    client().instance("i").protocols(protocol("sticky", bytes("")), protocol("range", bytes("")));

            assertThat(after.joined(after.join()).protocol()).isEqualTo("sticky");
            assertThat(after.generation()).isEqualTo(2);
        }

        @Test
        void comingBackWhileTheGenerationIsBeingCompletedRebalances() {
            ClassicClient leader = client();
            ClassicClient before = client().instance("i");
            long first = leader.join();
            long second = before.join();
            shard.pass(2L * INITIAL_MS);
            leader.joined(first);
            before.joined(second);
            long sync = before.sync(Map.of());
            ClassicClient after = client().instance("i");
            long join = after.join();

            assertThat(shard.error(sync)).isEqualTo(GroupError.FENCED_INSTANCE_ID);
            assertThat(shard.error(leader.syncAsLeader())).isEqualTo(GroupError.REBALANCE_IN_PROGRESS);
            leader.joined(leader.join());
            assertThat(after.joined(join).generation()).isEqualTo(2);
        }

        @Test
        void comingBackWhileMembersJoinFencesTheOneThatWaits() {
            ClassicClient before = client().instance("i");
            long waiting = before.join();
            ClassicClient after = client().instance("i");
            long join = after.join();
            assertThat(shard.error(waiting)).isEqualTo(GroupError.FENCED_INSTANCE_ID);
            shard.pass(2L * INITIAL_MS);

            assertThat(after.joined(join).leader()).isEqualTo(after.memberId());
        }

        @Test
        void anInstanceThatIsNotInTheGroupIsUnknown() {
            ClassicClient member = client();
            stabilize(member);

            assertThat(shard.error(member.instance("j").heartbeat())).isEqualTo(GroupError.UNKNOWN_MEMBER_ID);
        }

        @Test
        void itStaysThroughARebalanceUntilItsSessionIsOver() {
            ClassicClient leader = client();
            ClassicClient away = client().instance("i").sessionMs(1_000_000);
            stabilize(leader, away);
            long again = leader.join();
            assertThat(shard.isAnswered(again)).isFalse();
            shard.pass(REBALANCE_MS);

            assertThat(leader.joined(again).members()).hasSize(2);
        }
    }

    @Nested
    class Sizes {

        @Test
        void aFullGroupTakesNobody() {
            shard.settings(settings(INITIAL_MS, 2));
            ClassicClient first = client();
            ClassicClient instance = client().instance("i");
            stabilize(first, instance);

            assertThat(shard.error(client().sendJoin())).isEqualTo(GroupError.GROUP_MAX_SIZE_REACHED);
            assertThat(shard.isAnswered(first.join())).isFalse();
        }

        @Test
        void aStaticMemberMayComeBackToAFullGroup() {
            shard.settings(settings(INITIAL_MS, 1));
            stabilize(client().instance("i"));
            ClassicClient after = client().instance("i");

            assertThat(after.joined(after.join()).generation()).isEqualTo(1);
        }

        @Test
        void whoComesTooLateToARebalanceIsTurnedAway() {
            shard.settings(settings(INITIAL_MS, 1));
            ClassicClient first = client();
            ClassicClient second = client();
            long join = first.join();

            assertThat(shard.error(second.join())).isEqualTo(GroupError.GROUP_MAX_SIZE_REACHED);
            shard.pass(INITIAL_MS);
            assertThat(first.joined(join).members()).hasSize(1);
        }

        @Test
        void aGroupOverItsSizeLosesMembersWhenItIsLoaded() {
            ClassicClient first = client();
            ClassicClient second = client();
            stabilize(first, second);
            shard.settings(settings(INITIAL_MS, 1));
            shard.restart();
            shard.pass(0);
            assertThat(shard.error(first.heartbeat())).isEqualTo(GroupError.REBALANCE_IN_PROGRESS);
            long join = first.join();

            assertThat(shard.error(second.join())).isEqualTo(GroupError.GROUP_MAX_SIZE_REACHED);
            assertThat(first.joined(join).members()).hasSize(1);
        }
    }

    @Nested
    class Failover {

        @Test
        void membersGoOnWithTheirGeneration() {
            shard.topic("t", 1);
            ClassicClient leader = client();
            ClassicClient follower = client().instance("i");
            stabilize(leader, follower);
            GroupResponse.ClassicDescription before = description();
            shard.restart();

            assertThat(description()).isEqualTo(before);
            assertThat(shard.answer(leader.heartbeat())).isEqualTo(new GroupResponse.Done());
            assertThat(follower.commit("t", 5)).isEqualTo(new GroupResponse.OffsetsChanged(Map.of()));
        }

        @Test
        void sessionsBeginAnew() {
            ClassicClient member = client();
            stabilize(member);
            shard.pass(SESSION_MS - 1);
            shard.restart();
            shard.pass(SESSION_MS - 1);

            assertThat(shard.answer(member.heartbeat())).isEqualTo(new GroupResponse.Done());
            shard.pass(SESSION_MS);
            assertThat(state()).isEqualTo("Empty");
        }

        @Test
        void aRebalanceThatWasUnderWayBeginsAnew() {
            ClassicClient leader = client();
            ClassicClient follower = client();
            stabilize(leader, follower);
            leader.join();
            follower.joined(follower.join());
            assertThat(follower.generation()).isEqualTo(2);
            shard.restart();

            assertThat(shard.error(follower.heartbeat())).isEqualTo(GroupError.ILLEGAL_GENERATION);
            leader.join();
            assertThat(follower.joined(follower.join()).generation()).isEqualTo(2);
        }

        @Test
        void aStaticMemberReplacedDuringARebalanceStaysReplaced() {
            ClassicClient leader = client();
            ClassicClient before = client().instance("i");
            stabilize(leader, before);
            leader.join();
            ClassicClient after = client().instance("i");
            after.joined(after.join());
            shard.restart();

            assertThat(shard.error(before.heartbeat())).isEqualTo(GroupError.FENCED_INSTANCE_ID);
            assertThat(shard.error(after.heartbeat())).isEqualTo(GroupError.ILLEGAL_GENERATION);
            assertThat(after.joined(after.join()).generation()).isEqualTo(1);
        }

        @Test
        void generationsGoOnAfterAnEmptyGroup() {
            ClassicClient member = client();
            stabilize(member);
            member.leave();
            shard.restart();
            ClassicClient next = client();
            stabilize(next);

            assertThat(next.generation()).isEqualTo(3);
        }
    }
}
