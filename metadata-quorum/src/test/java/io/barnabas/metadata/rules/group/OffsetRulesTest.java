package io.barnabas.metadata.rules.group;

import static io.barnabas.metadata.rules.group.ClassicClient.bytes;
import static io.barnabas.metadata.rules.group.ClassicClient.protocol;
import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.metadata.rules.group.GroupResponse.TopicPartition;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OffsetRulesTest {

    private static final GroupSettings.Offsets OFFSETS = GroupSettings.DEFAULT.offsets();

    private final TestShard shard = TestShard.withDefaults();
    private UUID topicId;

    @BeforeEach
    void createTopics() {
        topicId = shard.topic("t", 3);
        shard.topic("u", 1);
    }

    private ClassicClient client() {
        return new ClassicClient(shard, "g");
    }

    /** The only member of the group, in generation 1. */
    private ClassicClient member(ClassicClient member) {
        long join = member.join();
        shard.pass(GroupSettings.DEFAULT.classic().initialRebalanceDelayMs());
        member.joined(join);
        member.syncAsLeader();
        return member;
    }

    private GroupRequest.OffsetToCommit at(String topic, int partition, long offset, String metadata) {
        UUID id = shard.image().topic(topic).orElseThrow().id();
        return new GroupRequest.OffsetToCommit(id, topic, partition, offset, 4, metadata);
    }

    private GroupResponse commitAs(String memberId, int generation, GroupRequest.OffsetToCommit... offsets) {
        return shard.call(new GroupRequest.CommitOffsets(
                "g", memberId, Optional.empty(), generation, Optional.empty(), List.of(offsets)));
    }

    /** Commits as a client outside of any group. */
    private void commit(GroupRequest.OffsetToCommit... offsets) {
        assertThat(commitAs("", GroupRequest.NO_GENERATION, offsets))
                .isEqualTo(new GroupResponse.OffsetsChanged(Map.of()));
    }

    private List<Long> offsets() {
        GroupResponse read = shard.call(
                new GroupRequest.ReadOffsets("g", Optional.empty(), GroupRequest.NO_GENERATION, Optional.empty()));
        return ((GroupResponse.OffsetsRead) read)
                .offsets().stream().map(GroupRecord.CommittedOffset::offset).toList();
    }

    private List<String> groups() {
        return shard.machine().list().stream().map(GroupSummary::group).toList();
    }

    private GroupError error(GroupRequest request) {
        return shard.error(shard.send(request));
    }

    @Nested
    class Committing {

        @Test
        void aClientOutsideOfAnyGroupMakesAnEmptyGroup() {
            commit(at("t", 1, 42, "m"));

            assertThat(shard.records())
                    .containsExactly(
                            new GroupRecord.ClassicGroupState(
                                    "g", "", Optional.empty(), Optional.empty(), 0, shard.nowMs(), List.of()),
                            new GroupRecord.CommittedOffset(
                                    "g", topicId, "t", 1, 42, 4, "m", shard.nowMs(), Optional.empty()));
            shard.restart();
            assertThat(shard.machine().list())
                    .containsExactly(new GroupSummary("g", "", "Empty", GroupSummary.Type.CLASSIC));
            assertThat(offsets()).containsExactly(42L);
        }

        @Test
        void aMemberOfAnUnknownGroupIsRefused() {
            assertThat(((GroupResponse.Failed) commitAs("m", 3, at("t", 0, 1, ""))).error())
                    .isEqualTo(GroupError.GROUP_ID_NOT_FOUND);
            assertThat(groups()).isEmpty();
        }

        @ParameterizedTest
        @CsvSource({
            "'', -1, UNKNOWN_MEMBER_ID",
            "'', 1, UNKNOWN_MEMBER_ID",
            "made-up, 1, UNKNOWN_MEMBER_ID",
            "MEMBER, -1, ILLEGAL_GENERATION",
            "MEMBER, 0, ILLEGAL_GENERATION",
            "MEMBER, 2, ILLEGAL_GENERATION"
        })
        void othersThanTheMembersOfTheGenerationAreRefused(String memberId, int generation, GroupError expected) {
            ClassicClient member = member(client());
            String id = memberId.equals("MEMBER") ? member.memberId() : memberId;

            assertThat(((GroupResponse.Failed) commitAs(id, generation, at("t", 0, 1, ""))).error())
                    .isEqualTo(expected);
            assertThat(offsets()).isEmpty();
        }

        @Test
        void aReplacedStaticMemberIsFenced() {
            ClassicClient before = member(client().instance("i"));
            ClassicClient after = client().instance("i");
            after.joined(after.join());

            assertThat(((GroupResponse.Failed) before.commit("t", 1)).error()).isEqualTo(GroupError.FENCED_INSTANCE_ID);
            assertThat(after.commit("t", 2)).isEqualTo(new GroupResponse.OffsetsChanged(Map.of()));
        }

        @Test
        void whileMembersJoinTheOldGenerationMayCommitAndBeforeTheAssignmentTheNewMayNot() {
            ClassicClient leader = member(client());
            ClassicClient late = client();
            late.join();
            assertThat(leader.commit("t", 1)).isEqualTo(new GroupResponse.OffsetsChanged(Map.of()));
            leader.joined(leader.join());

            assertThat(((GroupResponse.Failed) leader.commit("t", 2)).error())
                    .isEqualTo(GroupError.REBALANCE_IN_PROGRESS);
            assertThat(offsets()).containsExactly(1L);
        }

        @Test
        void outsidersMayCommitToAGroupThatItsMembersLeft() {
            member(client()).leave();
            commit(at("t", 0, 7, ""));

            assertThat(offsets()).containsExactly(7L);
        }

        @Test
        void metadataThatIsTooLongFailsAlone() {
            String longest = "m".repeat(OFFSETS.maxMetadataBytes());
            GroupResponse response = commitAs("", -1, at("t", 0, 1, longest), at("t", 1, 2, longest + "m"));

            assertThat(response)
                    .isEqualTo(new GroupResponse.OffsetsChanged(
                            Map.of(new TopicPartition("t", 1), GroupError.OFFSET_METADATA_TOO_LARGE)));
            assertThat(offsets()).containsExactly(1L);
        }

        @Test
        void nothingAcceptedMakesNoGroup() {
            commitAs("", -1, at("t", 0, 1, "m".repeat(OFFSETS.maxMetadataBytes() + 1)));

            assertThat(shard.records()).isEmpty();
            assertThat(groups()).isEmpty();
        }
    }

    @Nested
    class Reading {

        @Test
        void partitionsAskedForOrAll() {
            commit(at("t", 0, 1, ""), at("t", 1, 2, ""), at("u", 0, 3, ""));
            GroupRequest some = new GroupRequest.ReadOffsets(
                    "g", Optional.empty(), -1, Optional.of(Map.of("t", List.of(1, 2), "no such", List.of(0))));

            assertThat(((GroupResponse.OffsetsRead) shard.call(some)).offsets())
                    .extracting(GroupRecord.CommittedOffset::offset)
                    .containsExactly(2L);
            assertThat(offsets()).containsExactlyInAnyOrder(1L, 2L, 3L);
        }

        @Test
        void anUnknownGroupHasNothing() {
            assertThat(offsets()).isEmpty();
        }

        @Test
        void aTopicCreatedAnewUnderTheNameHasNothing() {
            commit(at("t", 0, 1, ""));
            shard.topic("t", 3);

            assertThat(offsets()).isEmpty();
        }
    }

    @Nested
    class Deleting {

        private GroupResponse delete(String topic, int... partitions) {
            List<Integer> numbers = Arrays.stream(partitions).boxed().toList();
            return shard.call(new GroupRequest.DeleteOffsets("g", Map.of(topic, numbers)));
        }

        @Test
        void offsetsOfAnEmptyGroup() {
            commit(at("t", 0, 1, ""), at("t", 1, 2, ""));
            int before = shard.records().size();

            assertThat(delete("t", 0, 2)).isEqualTo(new GroupResponse.OffsetsChanged(Map.of()));
            assertThat(offsets()).containsExactly(2L);
            assertThat(shard.records()).hasSize(before + 1);
        }

        @Test
        void notOfTopicsThatMembersAreSubscribedTo() {
            commit(at("t", 0, 1, ""), at("u", 0, 2, ""));
            member(client());

            assertThat(delete("t", 0))
                    .isEqualTo(new GroupResponse.OffsetsChanged(
                            Map.of(new TopicPartition("t", 0), GroupError.GROUP_SUBSCRIBED_TO_TOPIC)));
            assertThat(delete("u", 0)).isEqualTo(new GroupResponse.OffsetsChanged(Map.of()));
            assertThat(offsets()).containsExactly(1L);
        }

        @Test
        void notWhileMembersHaveSubscriptionsThatNobodyCanRead() {
            commit(at("t", 0, 1, ""));
            member(client().protocolType("connect").protocols(protocol("p", bytes("?"))));

            assertThat(((GroupResponse.Failed) delete("t", 0)).error()).isEqualTo(GroupError.NON_EMPTY_GROUP);
        }

        @Test
        void notOfAGroupThatIsUnknown() {
            assertThat(((GroupResponse.Failed) delete("t", 0)).error()).isEqualTo(GroupError.GROUP_ID_NOT_FOUND);
        }

        @Test
        void aGroupWithoutMembersGoesWithItsOffsets() {
            commit(at("t", 0, 1, ""));

            assertThat(shard.call(new GroupRequest.DeleteGroup("g"))).isEqualTo(new GroupResponse.Done());
            assertThat(groups()).isEmpty();
            assertThat(offsets()).isEmpty();
            assertThat(error(new GroupRequest.DeleteGroup("g"))).isEqualTo(GroupError.GROUP_ID_NOT_FOUND);
        }

        @Test
        void aGroupWithMembersStays() {
            member(client());

            assertThat(error(new GroupRequest.DeleteGroup("g"))).isEqualTo(GroupError.NON_EMPTY_GROUP);
        }

        @Test
        void offsetsOfADeletedTopicGo() {
            commit(at("t", 0, 1, ""), at("u", 0, 2, ""));
            shard.pass(OffsetExpiry.UNDER_WAY_MS);
            shard.deleteTopic("t");

            assertThat(shard.store().offsets("g"))
                    .extracting(GroupRecord.CommittedOffset::topic)
                    .containsExactly("u");
        }

        @Test
        void offsetsOfADeletedTopicGoLaterWhileTheGroupCommits() {
            commit(at("t", 0, 1, ""), at("u", 0, 2, ""));
            shard.deleteTopic("t");
            assertThat(shard.store().offsets("g")).hasSize(2);
            assertThat(offsets()).containsExactly(2L);
            shard.pass(OFFSETS.checkIntervalMs());

            assertThat(shard.store().offsets("g")).hasSize(1);
        }
    }

    @Nested
    class Expiring {

        private void heartbeatsFor(ClassicClient member, long ms) {
            LongStream.range(0, ms / ClassicClient.SESSION_MS + 1).forEach(i -> {
                member.heartbeat();
                shard.pass(ClassicClient.SESSION_MS - 1);
            });
        }

        @Test
        void ofAGroupThatIsEmptyForLongWithTheGroup() {
            ClassicClient member = member(client());
            member.commit("t", 1);
            shard.pass(1_000);
            member.leave();
            shard.pass(OFFSETS.retentionMs() - 1_000);
            assertThat(offsets()).containsExactly(1L);
            shard.pass(1_000 + OFFSETS.checkIntervalMs());

            assertThat(groups()).isEmpty();
            assertThat(shard.store().offsets("g")).isEmpty();
            assertThat(shard.records().getLast()).isEqualTo(new GroupRecord.GroupRemoved("g"));
        }

        @Test
        void ofAClientOutsideOfAnyGroupSinceItsCommit() {
            commit(at("t", 0, 1, ""));
            shard.pass(OFFSETS.retentionMs() / 2);
            commit(at("t", 1, 2, ""));
            shard.pass(OFFSETS.retentionMs() / 2 + OFFSETS.checkIntervalMs());

            assertThat(offsets()).containsExactly(2L);
            assertThat(groups()).containsExactly("g");
        }

        @Test
        void whenTheClientSaidSo() {
            shard.call(new GroupRequest.CommitOffsets(
                    "g", "", Optional.empty(), -1, Optional.of(60_000L), List.of(at("t", 0, 1, ""))));
            commit(at("t", 1, 2, ""));
            shard.pass(OFFSETS.checkIntervalMs());

            assertThat(offsets()).containsExactly(2L);
        }

        @Test
        void ofTopicsThatNoMemberIsSubscribedTo() {
            shard.settings(new GroupSettings(
                    GroupSettings.DEFAULT.classic(),
                    GroupSettings.DEFAULT.consumer(),
                    new GroupSettings.Offsets(4_096, 3_600_000, 60_000)));
            commit(at("t", 0, 1, ""), at("u", 0, 2, ""));
            ClassicClient member = member(client());
            heartbeatsFor(member, 3_600_000 + 2 * OFFSETS.checkIntervalMs());

            assertThat(offsets()).containsExactly(1L);
            assertThat(groups()).containsExactly("g");
        }

        @Test
        void notWhileMembersHaveSubscriptionsThatNobodyCanRead() {
            shard.settings(new GroupSettings(
                    GroupSettings.DEFAULT.classic(),
                    GroupSettings.DEFAULT.consumer(),
                    new GroupSettings.Offsets(4_096, 60_000, 60_000)));
            commit(at("u", 0, 2, ""));
            ClassicClient member = member(client().protocols(protocol("range", bytes("?"))));
            heartbeatsFor(member, 2 * OFFSETS.checkIntervalMs());

            assertThat(offsets()).containsExactly(2L);
        }

        @Test
        void notWhileANewerCommitIsUnderWay() {
            GroupSettings soon = new GroupSettings(
                    GroupSettings.DEFAULT.classic(),
                    GroupSettings.DEFAULT.consumer(),
                    new GroupSettings.Offsets(4_096, 60_000, 60_000));
            StoredGroups store = new StoredGroups();
            GroupMachine machine = new GroupMachine(soon, store, UUID::randomUUID);
            machine.loaded(0);
            GroupRequest commit = new GroupRequest.CommitOffsets(
                    "g", "", Optional.empty(), -1, Optional.empty(), List.of(at("t", 0, 1, "")));
            machine.handle(commit, 1, 0, shard.image()).records().forEach(store::apply);
            machine.handle(commit, 2, 59_999, shard.image());

            assertThat(machine.tick(60_000, shard.image()).records()).isEmpty();
            assertThat(machine.tick(180_000, shard.image()).records())
                    .containsExactly(new GroupRecord.GroupRemoved("g"));
        }

        @Test
        void aGroupStaysWhileSomebodyIsAboutToJoin() {
            ClassicClient slow = client().sessionMs(1_800_000);
            slow.sendJoin();
            shard.pass(OFFSETS.checkIntervalMs());
            assertThat(groups()).containsExactly("g");
            shard.pass(1_800_000 + OFFSETS.checkIntervalMs());

            assertThat(groups()).isEmpty();
        }

        @Test
        void offsetsOfATopicCreatedAnewGoAtTheNextCheck() {
            commit(at("t", 0, 1, ""), at("u", 0, 2, ""));
            shard.topic("t", 3);
            shard.pass(OFFSETS.checkIntervalMs());

            assertThat(Set.copyOf(shard.store().offsets("g")))
                    .extracting(GroupRecord.CommittedOffset::topic)
                    .containsExactly("u");
        }
    }
}
