package io.barnabas.metadata.rules.group;

import static io.barnabas.metadata.rules.group.ClassicClient.REBALANCE_MS;
import static io.barnabas.metadata.rules.group.ClassicClient.SESSION_MS;
import static io.barnabas.metadata.rules.group.ClassicClient.bytes;
import static io.barnabas.metadata.rules.group.ClassicClient.protocol;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Joining, protocols, assignments, sessions and leaving, rule by rule. */
class ClassicGroupTest extends ClassicGroupFixture {

    @Nested
    class Joining {

        @Test
        void aNewMemberIsGivenAnIdFirst() {
            long ticket = client().sendJoin();

            GroupResponse.MemberIdRequired required = (GroupResponse.MemberIdRequired) shard.answer(ticket);

            assertThat(required.memberId()).startsWith("client-");
            assertThat(state()).isEqualTo("Empty");
        }

        @Test
        void anIdThatIsNotUsedWithinTheSessionTimeoutIsForgotten() {
            ClassicClient late = client();
            late.memberId(((GroupResponse.MemberIdRequired) shard.answer(late.sendJoin())).memberId());
            shard.pass(SESSION_MS);

            assertThat(shard.error(late.sendJoin())).isEqualTo(GroupError.UNKNOWN_MEMBER_ID);
        }

        @Test
        void anOldClientNeedsNoIdFirst() {
            ClassicClient old = client().old();
            long ticket = old.sendJoin();
            assertThat(shard.isAnswered(ticket)).isFalse();
            shard.pass(INITIAL_MS);

            assertThat(old.joined(ticket).generation()).isEqualTo(1);
        }

        @Test
        void aStaticMemberNeedsNoIdFirst() {
            ClassicClient member = client().instance("i");
            long ticket = member.sendJoin();
            shard.pass(INITIAL_MS);

            assertThat(member.joined(ticket).memberId()).startsWith("i-");
        }

        @Test
        void anUnknownIdIsRefused() {
            assertThat(shard.error(client().memberId("made-up").sendJoin())).isEqualTo(GroupError.UNKNOWN_MEMBER_ID);
            assertThat(shard.machine().list()).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 5_999, 1_800_001})
        void aSessionTimeoutOutOfBoundsIsRefused(int sessionMs) {
            assertThat(shard.error(client().sessionMs(sessionMs).sendJoin()))
                    .isEqualTo(GroupError.INVALID_SESSION_TIMEOUT);
        }

        @Test
        void aGroupNeedsAnId() {
            assertThat(shard.error(new ClassicClient(shard, "").sendJoin())).isEqualTo(GroupError.INVALID_GROUP_ID);
        }

        @Test
        void theFirstRebalanceWaitsForMoreMembersButNoLongerThanTheRebalanceTimeout() {
            ClassicClient first = client();
            long ticket = first.join();
            for (int waited = 0; waited < REBALANCE_MS - INITIAL_MS; waited += INITIAL_MS) {
                client().join();
                shard.pass(INITIAL_MS);
                assertThat(shard.isAnswered(ticket)).as("after %s ms", waited).isFalse();
            }
            client().join();
            shard.pass(INITIAL_MS);

            assertThat(first.joined(ticket).members()).hasSize(REBALANCE_MS / INITIAL_MS + 1);
        }

        @Test
        void theFirstRebalanceEndsWhenNobodyCameForAWhile() {
            ClassicClient first = client();
            long ticket = first.join();
            shard.pass(INITIAL_MS - 1);
            assertThat(shard.isAnswered(ticket)).isFalse();
            shard.pass(1);
            assertThat(shard.isAnswered(ticket)).isTrue();
        }

        @Test
        void theLeaderLearnsOfEverybodyTheOthersOfTheLeader() {
            ClassicClient first = client();
            ClassicClient second = client().instance("i");
            stabilize(first, second);
            long again = first.join();
            long other = second.join();

            assertThat(first.joined(again).members())
                    .containsExactly(
                            new GroupResponse.JoinedMember(
                                    first.memberId(), Optional.empty(), ClassicClient.subscription("t")),
                            new GroupResponse.JoinedMember(
                                    second.memberId(), Optional.of("i"), ClassicClient.subscription("t")));
            assertThat(second.joined(other).members()).isEmpty();
            assertThat(second.joined(other).leader()).isEqualTo(first.memberId());
        }

        @Test
        void aMemberThatAsksAgainLearnsTheGenerationAsItIs() {
            ClassicClient leader = client();
            ClassicClient follower = client();
            stabilize(leader, follower);

            assertThat(follower.joined(follower.join()).generation()).isEqualTo(leader.generation());
            assertThat(state()).isEqualTo("Stable");
        }

        @Test
        void theLeaderOfAStableGroupRebalancesByJoining() {
            ClassicClient leader = client();
            ClassicClient follower = client();
            stabilize(leader, follower);
            long again = leader.join();
            assertThat(shard.error(follower.heartbeat())).isEqualTo(GroupError.REBALANCE_IN_PROGRESS);
            long other = follower.join();

            assertThat(leader.joined(again).generation()).isEqualTo(2);
            assertThat(follower.joined(other).generation()).isEqualTo(2);
        }

        @Test
        void aChangedSubscriptionRebalances() {
            ClassicClient leader = client();
            ClassicClient follower = client();
            stabilize(leader, follower);
            follower.protocols(protocol("range", ClassicClient.subscription("t", "u")))
                    .join();

            assertThat(state()).isEqualTo("PreparingRebalance");
        }

        @Test
        void aNewMemberWhileTheGenerationIsBeingCompletedRebalancesAgain() {
            ClassicClient leader = client();
            long first = leader.join();
            shard.pass(INITIAL_MS);
            leader.joined(first);
            ClassicClient late = client();
            long lateJoin = late.join();
            assertThat(shard.error(leader.syncAsLeader())).isEqualTo(GroupError.REBALANCE_IN_PROGRESS);
            long again = leader.join();

            assertThat(leader.joined(again).generation()).isEqualTo(2);
            assertThat(leader.joined(again).members()).hasSize(2);
            assertThat(late.joined(lateJoin).generation()).isEqualTo(2);
        }

        @Test
        void aMemberThatWaitsForItsAssignmentIsSentToJoinAgainByARebalance() {
            ClassicClient leader = client();
            ClassicClient follower = client();
            long first = leader.join();
            long second = follower.join();
            shard.pass(2L * INITIAL_MS);
            leader.joined(first);
            follower.joined(second);
            long sync = follower.sync(Map.of());
            assertThat(shard.isAnswered(sync)).isFalse();
            client().join();

            assertThat(shard.error(sync)).isEqualTo(GroupError.REBALANCE_IN_PROGRESS);
        }

        @Test
        void aLostAnswerWhileTheGenerationIsBeingCompletedIsGivenAgain() {
            ClassicClient leader = client();
            long first = leader.join();
            shard.pass(INITIAL_MS);
            GroupResponse.Joined joined = leader.joined(first);

            assertThat(leader.joined(leader.join())).isEqualTo(joined);
        }

        @Test
        void anEarlierRequestOfTheSameMemberIsAnsweredToo() {
            ClassicClient member = client();
            long first = member.join();
            long second = member.sendJoin();
            shard.pass(INITIAL_MS);

            assertThat(shard.error(first)).isEqualTo(GroupError.REBALANCE_IN_PROGRESS);
            assertThat(member.joined(second).generation()).isEqualTo(1);
        }

        @Test
        void whoDoesNotJoinAgainWithinTheRebalanceTimeoutIsOut() {
            ClassicClient leader = client();
            ClassicClient follower = client();
            stabilize(leader, follower);
            long again = follower.protocols(protocol("range", bytes("other"))).join();
            for (int waited = 0; waited < REBALANCE_MS; waited += SESSION_MS / 2) {
                assertThat(shard.isAnswered(again)).isFalse();
                leader.heartbeat();
                shard.pass(SESSION_MS / 2);
            }

            assertThat(follower.joined(again).leader()).isEqualTo(follower.memberId());
            assertThat(follower.joined(again).members()).hasSize(1);
            assertThat(shard.error(leader.heartbeat())).isEqualTo(GroupError.UNKNOWN_MEMBER_ID);
        }

        @Test
        void aFirstJoinIsGivenUpAfterFiveMinutes() {
            TestShard patient = new TestShard(settings(600_000, Integer.MAX_VALUE));
            long ticket = new ClassicClient(patient, "g").join();
            patient.pass(300_000);

            assertThat(patient.error(ticket)).isEqualTo(GroupError.UNKNOWN_MEMBER_ID);
            assertThat(patient.machine().list().getFirst().state()).isEqualTo("Empty");
        }
    }

    @Nested
    class Protocols {

        @Test
        void mostVotesWinAmongThoseThatAllKnow() {
            ClassicClient first = client().protocols(
                            protocol("alone", bytes("1")),
                            protocol("range", bytes("1")),
                            protocol("sticky", bytes("1")));
            ClassicClient second = client().protocols(protocol("sticky", bytes("2")), protocol("range", bytes("2")));
            ClassicClient third = client().protocols(protocol("sticky", bytes("3")), protocol("range", bytes("3")));
            long join = first.join();
            second.join();
            third.join();
            shard.pass(3L * INITIAL_MS);

            assertThat(first.joined(join).protocol()).isEqualTo("sticky");
            assertThat(first.joined(join).members())
                    .extracting(GroupResponse.JoinedMember::metadata)
                    .containsExactly(bytes("1"), bytes("2"), bytes("3"));
        }

        @Test
        void aMemberThatSharesNoProtocolIsRefused() {
            stabilize(client());

            assertThat(shard.error(
                            client().protocols(protocol("other", bytes(""))).join()))
                    .isEqualTo(GroupError.INCONSISTENT_GROUP_PROTOCOL);
            assertThat(shard.error(client().protocolType("connect").join()))
                    .isEqualTo(GroupError.INCONSISTENT_GROUP_PROTOCOL);
        }

        @Test
        void aMemberWithoutProtocolsIsRefused() {
            assertThat(shard.error(client().protocols().join())).isEqualTo(GroupError.INCONSISTENT_GROUP_PROTOCOL);
            assertThat(shard.error(client().protocolType("").join())).isEqualTo(GroupError.INCONSISTENT_GROUP_PROTOCOL);
        }

        @Test
        void anEmptyGroupTakesTheTypeOfItsNextMember() {
            ClassicClient gone = client();
            stabilize(gone);
            gone.leave();
            ClassicClient worker = client().protocolType("connect").protocols(protocol("sessioned", bytes("")));
            long join = worker.join();
            shard.pass(INITIAL_MS);

            assertThat(worker.joined(join).protocolType()).isEqualTo("connect");
        }

        @Test
        void aSyncWithAnotherProtocolIsRefused() {
            ClassicClient leader = client();
            stabilize(leader);
            List<List<Optional<String>>> wrong = List.of(
                    List.of(Optional.of("connect"), Optional.of("range")),
                    List.of(Optional.of("consumer"), Optional.of("sticky")));
            for (List<Optional<String>> names : wrong) {
                long sync = shard.send(new GroupRequest.Sync(
                        "g", leader.memberId(), Optional.empty(), 1, names.get(0), names.get(1), Map.of()));
                assertThat(shard.error(sync)).isEqualTo(GroupError.INCONSISTENT_GROUP_PROTOCOL);
            }
            assertThat(shard.call(new GroupRequest.Sync(
                            "g", leader.memberId(), Optional.empty(), 1, Optional.empty(), Optional.empty(), Map.of())))
                    .isInstanceOf(GroupResponse.Synced.class);
        }
    }

    @Nested
    class Syncing {

        @Test
        void everybodyGetsWhatTheLeaderBringsAndOthersNothing() {
            ClassicClient leader = client();
            ClassicClient follower = client();
            long first = leader.join();
            long second = follower.join();
            shard.pass(2L * INITIAL_MS);
            leader.joined(first);
            follower.joined(second);
            long waiting = follower.sync(Map.of(follower.memberId(), bytes("not mine to say")));
            long leading = leader.sync(Map.of(leader.memberId(), bytes("all"), "stranger", bytes("some")));

            assertThat(shard.answer(leading)).isEqualTo(new GroupResponse.Synced("consumer", "range", bytes("all")));
            assertThat(shard.answer(waiting))
                    .isEqualTo(new GroupResponse.Synced("consumer", "range", ByteString.EMPTY));
        }

        @Test
        void aMemberMayAskAgainOrLater() {
            ClassicClient leader = client();
            stabilize(leader);

            assertThat(shard.answer(leader.sync(Map.of())))
                    .isEqualTo(new GroupResponse.Synced("consumer", "range", bytes("for " + leader.memberId())));
        }

        @Test
        void anotherGenerationOrMemberIsRefused() {
            ClassicClient leader = client();
            stabilize(leader);

            assertThat(syncError(leader.memberId(), 7)).isEqualTo(GroupError.ILLEGAL_GENERATION);
            assertThat(syncError("made-up", 1)).isEqualTo(GroupError.UNKNOWN_MEMBER_ID);
            assertThat(shard.error(shard.send(new GroupRequest.Sync(
                            "no such", "m", Optional.empty(), 1, Optional.empty(), Optional.empty(), Map.of()))))
                    .isEqualTo(GroupError.UNKNOWN_MEMBER_ID);
        }

        private GroupError syncError(String memberId, int generation) {
            return shard.error(shard.send(new GroupRequest.Sync(
                    "g", memberId, Optional.empty(), generation, Optional.empty(), Optional.empty(), Map.of())));
        }

        @Test
        void whoDoesNotAskForTheAssignmentIsOut() {
            ClassicClient leader = client();
            ClassicClient mute = client();
            long first = leader.join();
            long second = mute.join();
            shard.pass(2L * INITIAL_MS);
            leader.joined(first);
            mute.joined(second);
            leader.syncAsLeader();
            for (int waited = 0; waited < REBALANCE_MS; waited += SESSION_MS / 2) {
                mute.heartbeat();
                leader.heartbeat();
                shard.pass(SESSION_MS / 2);
            }

            assertThat(shard.error(mute.heartbeat())).isEqualTo(GroupError.UNKNOWN_MEMBER_ID);
            assertThat(shard.error(leader.heartbeat())).isEqualTo(GroupError.REBALANCE_IN_PROGRESS);
        }

        @Test
        void aLeaderThatNeverAssignsIsReplaced() {
            ClassicClient leader = client();
            ClassicClient follower = client();
            long first = leader.join();
            long second = follower.join();
            shard.pass(2L * INITIAL_MS);
            leader.joined(first);
            follower.joined(second);
            long sync = follower.sync(Map.of());
            for (int waited = 0; waited < REBALANCE_MS; waited += SESSION_MS / 2) {
                leader.heartbeat();
                shard.pass(SESSION_MS / 2);
            }
            assertThat(shard.error(sync)).isEqualTo(GroupError.REBALANCE_IN_PROGRESS);

            assertThat(follower.joined(follower.join()).leader()).isEqualTo(follower.memberId());
        }
    }

    @Nested
    class Sessions {

        @Test
        void aMemberThatIsNotHeardOfIsOutAfterItsSession() {
            ClassicClient leader = client();
            ClassicClient follower = client();
            stabilize(leader, follower);
            shard.pass(SESSION_MS / 2);
            assertThat(shard.answer(leader.heartbeat())).isEqualTo(new GroupResponse.Done());
            shard.pass(SESSION_MS / 2);

            assertThat(shard.error(follower.heartbeat())).isEqualTo(GroupError.UNKNOWN_MEMBER_ID);
            assertThat(shard.error(leader.heartbeat())).isEqualTo(GroupError.REBALANCE_IN_PROGRESS);
            assertThat(leader.joined(leader.join()).members()).hasSize(1);
        }

        @Test
        void aGroupEmptiesWhenItsLastMemberFails() {
            ClassicClient member = client();
            stabilize(member);
            shard.pass(SESSION_MS);

            assertThat(state()).isEqualTo("Empty");
            assertThat(shard.records().getLast()).isInstanceOfSatisfying(GroupRecord.ClassicGroupState.class, empty -> {
                assertThat(empty.members()).isEmpty();
                assertThat(empty.generation()).isEqualTo(2);
                assertThat(empty.protocolType()).isEqualTo("consumer");
            });
        }

        @Test
        void commitsKeepASessionToo() {
            shard.topic("t", 1);
            ClassicClient member = client();
            stabilize(member);
            for (int i = 0; i < 4; i++) {
                shard.pass(SESSION_MS / 2);
                assertThat(member.commit("t", i)).isEqualTo(new GroupResponse.OffsetsChanged(Map.of()));
            }
            assertThat(shard.answer(member.heartbeat())).isEqualTo(new GroupResponse.Done());
        }

        @Test
        void aHeartbeatOfAnotherGenerationIsRefused() {
            ClassicClient member = client();
            stabilize(member);

            assertThat(shard.error(shard.send(new GroupRequest.Heartbeat("g", member.memberId(), Optional.empty(), 0))))
                    .isEqualTo(GroupError.ILLEGAL_GENERATION);
        }
    }

    @Nested
    class Leaving {

        @Test
        void severalLeaveAtOnceAndEachGetsItsResult() {
            ClassicClient dynamic = client();
            ClassicClient instance = client().instance("i");
            ClassicClient stays = client();
            stabilize(dynamic, instance, stays);
            List<GroupRequest.LeavingMember> leaving = List.of(
                    new GroupRequest.LeavingMember(dynamic.memberId(), Optional.empty()),
                    new GroupRequest.LeavingMember("", Optional.of("i")),
                    new GroupRequest.LeavingMember("", Optional.of("j")),
                    new GroupRequest.LeavingMember("", Optional.empty()),
                    new GroupRequest.LeavingMember("made-up", Optional.empty()));

            GroupResponse.Left left = (GroupResponse.Left) shard.call(new GroupRequest.Leave("g", leaving));

            Optional<GroupError> unknown = Optional.of(GroupError.UNKNOWN_MEMBER_ID);
            assertThat(left.members())
                    .extracting(GroupResponse.LeftMember::error)
                    .containsExactly(Optional.empty(), Optional.empty(), unknown, unknown, unknown);
            assertThat(shard.error(stays.heartbeat())).isEqualTo(GroupError.REBALANCE_IN_PROGRESS);
        }

        @Test
        void aStaticMemberOfAnotherIdIsFenced() {
            ClassicClient instance = client().instance("i");
            stabilize(instance);

            GroupResponse.Left left =
                    (GroupResponse.Left) instance.memberId("old").leave();

            assertThat(left.members().getFirst().error()).contains(GroupError.FENCED_INSTANCE_ID);
            assertThat(state()).isEqualTo("Stable");
        }

        @Test
        void theLastOneLeavesAnEmptyGroup() {
            ClassicClient member = client();
            stabilize(member);
            member.leave();

            assertThat(state()).isEqualTo("Empty");
            assertThat(description().members()).isEmpty();
        }

        @Test
        void aMemberThatIsAwaitedMayLeaveWithoutARebalance() {
            ClassicClient member = client();
            stabilize(member);
            String awaited = ((GroupResponse.MemberIdRequired) shard.answer(client().sendJoin())).memberId();

            GroupResponse.Left left =
                    (GroupResponse.Left) client().memberId(awaited).leave();

            assertThat(left.members().getFirst().error()).isEmpty();
            assertThat(state()).isEqualTo("Stable");
        }

        @Test
        void aRequestThatWaitsIsAnsweredWhenItsMemberLeaves() {
            ClassicClient member = client();
            long join = member.join();
            member.leave();

            assertThat(shard.error(join)).isEqualTo(GroupError.UNKNOWN_MEMBER_ID);
        }
    }

    @Nested
    class Describing {

        @Test
        void aStableGroupShowsProtocolAndMembers() {
            ClassicClient leader = client().instance("i");
            stabilize(leader);

            assertThat(description())
                    .isEqualTo(new GroupResponse.ClassicDescription(
                            "g",
                            "Stable",
                            "consumer",
                            "range",
                            List.of(new GroupResponse.ClassicMember(
                                    leader.memberId(),
                                    Optional.of("i"),
                                    "client",
                                    "/host",
                                    ClassicClient.subscription("t"),
                                    bytes("for " + leader.memberId())))));
            assertThat(shard.machine().list())
                    .containsExactly(new GroupSummary("g", "consumer", "Stable", GroupSummary.Type.CLASSIC));
        }

        @Test
        void anUnknownGroupIsNotFound() {
            assertThat(shard.error(shard.send(new GroupRequest.DescribeClassic("g"))))
                    .isEqualTo(GroupError.GROUP_ID_NOT_FOUND);
        }
    }

    @Test
    void topicsAreReadFromASubscriptionAndGarbageIsNot() {
        assertThat(ConsumerProtocolFormat.readTopics(ClassicClient.subscription("a", "b")))
                .contains(Set.of("a", "b"));
        for (byte[] garbage : Arrays.asList(
                new byte[0], new byte[] {0, 0}, new byte[] {0, 0, 127, 0, 0, 0}, new byte[] {0, 0, 0, 0, 0, 1, 0, 9, 1
                })) {
            assertThat(ConsumerProtocolFormat.readTopics(ByteString.copyFrom(garbage)))
                    .isEmpty();
        }
    }
}
