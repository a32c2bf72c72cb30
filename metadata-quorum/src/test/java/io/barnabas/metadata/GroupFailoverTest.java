package io.barnabas.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.barnabas.metadata.group.GroupCoordinatorConfig;
import io.barnabas.metadata.group.NodeGroupCoordinator;
import io.barnabas.metadata.rules.CommandReply;
import io.barnabas.metadata.rules.CommandResult;
import io.barnabas.metadata.rules.Coordinator;
import io.barnabas.metadata.rules.Endpoint;
import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.group.GroupError;
import io.barnabas.metadata.rules.group.GroupRecord;
import io.barnabas.metadata.rules.group.GroupRequest;
import io.barnabas.metadata.rules.group.GroupResponse;
import io.barnabas.metadata.rules.group.GroupSettings;
import io.barnabas.metadata.rules.group.GroupShards;
import io.barnabas.metadata.rules.group.GroupSummary;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes that coordinate groups over a real quorum, and what goes wrong between them. */
@Timeout(60)
class GroupFailoverTest {

    private static final UUID TOPIC = new UUID(7, 7);
    private static final GroupSettings SETTINGS = new GroupSettings(
            new GroupSettings.Classic(6_000, 1_800_000, 0, Integer.MAX_VALUE),
            GroupSettings.DEFAULT.consumer(),
            GroupSettings.DEFAULT.offsets());

    @TempDir
    Path directory;

    private final ScheduledExecutorService heartbeats = Executors.newSingleThreadScheduledExecutor();
    private final Map<Integer, Long> epochs = new ConcurrentHashMap<>();
    private final Map<Integer, FaultyQuorum> faults = new HashMap<>();
    private final Map<Integer, NodeGroupCoordinator> coordinators = new HashMap<>();
    private LocalQuorum quorum;

    @BeforeEach
    void start() throws Exception {
        quorum = new LocalQuorum(directory, 3, 1_000);
        quorum.leader();
        accept(new MetadataCommand.InitCluster("c"));
        for (int id = 1; id <= 3; id++) {
            int node = id;
            CommandReply registered = accept(new MetadataCommand.RegisterNode(
                    "c",
                    id,
                    new UUID(0, id),
                    List.of(new Endpoint("PLAINTEXT", "127.0.0.1", 9092)),
                    quorum.address(id),
                    "127.0.0.1:1",
                    Optional.empty()));
            epochs.put(id, ((CommandReply.NodeEpoch) registered).epoch());
            heartbeats.scheduleWithFixedDelay(() -> heartbeat(node), 0, 200, TimeUnit.MILLISECONDS);
        }
        accept(new MetadataCommand.CreateTopic(TOPIC, "topic", 0, 0, List.of(List.of(1), List.of(1)), Map.of()));
        long index = quorum.node(1).image().index();
        for (int id = 1; id <= 3; id++) {
            RatisMetadataQuorum node = quorum.node(id);
            await().until(() -> node.image().index() >= index);
            faults.put(id, new FaultyQuorum(node));
            coordinators.put(
                    id,
                    NodeGroupCoordinator.open(
                            faults.get(id),
                            new GroupCoordinatorConfig(id, SETTINGS, System::currentTimeMillis, () -> true)));
        }
        for (int id = 1; id <= 3; id++) {
            String any = groupOf(id, "any");
            await().until(() -> answer(read(any)) instanceof GroupResponse.OffsetsRead);
        }
    }

    private void heartbeat(int id) {
        Long epoch = epochs.get(id);
        if (epoch != null) {
            quorum.node(id).heartbeat(epoch);
        }
    }

    @AfterEach
    void stop() {
        heartbeats.shutdownNow();
        coordinators.values().forEach(NodeGroupCoordinator::close);
        quorum.close();
    }

    @Test
    void commitsOnAllNodesAreReadBackThere() throws Exception {
        List<CompletableFuture<GroupResponse>> commits = IntStream.range(0, 300)
                .mapToObj(i -> owner(image(), "group-" + i).submit(commit("group-" + i, "", -1, i)))
                .toList();
        for (CompletableFuture<GroupResponse> commit : commits) {
            assertThat(commit.get(20, TimeUnit.SECONDS)).isEqualTo(new GroupResponse.OffsetsChanged(Map.of()));
        }
        for (int i = 0; i < 300; i++) {
            assertThat(offset("group-" + i)).isEqualTo(i);
        }
        assertThat(coordinators.get(1).submit(read(groupOf(2, "other"))).get(5, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        GroupResponse.Failed.class,
                        failed -> assertThat(failed.error()).isEqualTo(GroupError.NOT_COORDINATOR));
        int listed = 0;
        for (NodeGroupCoordinator coordinator : coordinators.values()) {
            List<GroupSummary> groups = coordinator.list().get(5, TimeUnit.SECONDS);
            assertThat(groups).isNotEmpty();
            listed += groups.size();
        }
        assertThat(listed).isEqualTo(300);
    }

    @Test
    void theNextCoordinatorGoesOnWithTheSameGenerationAndOffsets() throws Exception {
        int victim = quorum.leader();
        String group = groupOf(victim, "group");
        GroupResponse.Joined member = join(group);
        assertThat(owner(image(), group).submit(commit(group, member.memberId(), member.generation(), 41)))
                .succeedsWithin(Duration.ofSeconds(10))
                .isEqualTo(new GroupResponse.OffsetsChanged(Map.of()));

        long killed = System.nanoTime();
        epochs.remove(victim);
        coordinators.remove(victim).close();
        quorum.stop(victim);
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> answer(heartbeat(group, member)) instanceof GroupResponse.Done);
        System.out.println("groups of a killed node went on after " + (System.nanoTime() - killed) / 1_000_000
                + " ms, with a session timeout of " + LocalQuorum.NODE_TIMEOUT.toMillis() + " ms");
        assertThat(offset(group)).isEqualTo(41);
        assertThat(answer(commit(group, member.memberId(), member.generation(), 42)))
                .isEqualTo(new GroupResponse.OffsetsChanged(Map.of()));
        assertThat(answer(commit(group, member.memberId(), member.generation() - 1, 1)))
                .isInstanceOfSatisfying(
                        GroupResponse.Failed.class,
                        failed -> assertThat(failed.error()).isEqualTo(GroupError.ILLEGAL_GENERATION));
        assertThat(offset(group)).isEqualTo(42);
    }

    @Test
    void aCoordinatorThatMissedItsReplacementIsRefused() throws Exception {
        String group = groupOf(2, "group");
        assertThat(answer(commit(group, "", -1, 5))).isEqualTo(new GroupResponse.OffsetsChanged(Map.of()));
        NodeGroupCoordinator stale = coordinators.get(2);
        faults.get(2).freeze();
        accept(new MetadataCommand.RenewCoordinators(2, epochs.get(2), List.of(GroupShards.of(group))));

        assertThat(stale.submit(commit(group, "", -1, 6)).get(10, TimeUnit.SECONDS))
                .isInstanceOf(GroupResponse.Failed.class);
        assertThat(quorum.node(1).groupRecords().offset(group, "topic", 0))
                .map(GroupRecord.CommittedOffset::offset)
                .contains(5L);
        faults.get(2).thaw();
        await().atMost(Duration.ofSeconds(10))
                .until(() -> answer(commit(group, "", -1, 7)) instanceof GroupResponse.OffsetsChanged);
        assertThat(offset(group)).isEqualTo(7);
    }

    @Test
    void whatMayOrMayNotBeCommittedIsReadAgain() throws Exception {
        String group = groupOf(3, "group");
        GroupResponse.Joined member = join(group);
        long epoch = image().coordinator(group).epoch();
        faults.get(3).loseReplies(1);
        assertThat(answer(commit(group, member.memberId(), member.generation(), 9)))
                .isInstanceOf(GroupResponse.Failed.class);
        // It was committed, only nobody said so; the member goes on as before.
        await().atMost(Duration.ofSeconds(10))
                .until(() -> answer(heartbeat(group, member)) instanceof GroupResponse.Done);
        assertThat(offset(group)).isEqualTo(9);
        assertThat(image().coordinator(group).epoch()).isGreaterThan(epoch);

        faults.get(3).loseProposals(1);
        assertThat(answer(commit(group, member.memberId(), member.generation(), 10)))
                .isInstanceOf(GroupResponse.Failed.class);
        await().atMost(Duration.ofSeconds(10))
                .until(() -> answer(heartbeat(group, member)) instanceof GroupResponse.Done);
        assertThat(offset(group)).isEqualTo(9);
    }

    private GroupResponse.Joined join(String group) throws Exception {
        GroupResponse joined = answer(new GroupRequest.Join(
                group,
                "",
                Optional.empty(),
                "client",
                "/host",
                10_000,
                10_000,
                "consumer",
                List.of(new GroupRequest.Protocol("range", ByteString.EMPTY)),
                false,
                true));
        assertThat(joined).isInstanceOf(GroupResponse.Joined.class);
        GroupResponse.Joined member = (GroupResponse.Joined) joined;
        assertThat(answer(new GroupRequest.Sync(
                        group,
                        member.memberId(),
                        Optional.empty(),
                        member.generation(),
                        Optional.empty(),
                        Optional.empty(),
                        Map.of(member.memberId(), ByteString.copyFromUtf8("all")))))
                .isInstanceOf(GroupResponse.Synced.class);
        return member;
    }

    private static GroupRequest heartbeat(String group, GroupResponse.Joined member) {
        return new GroupRequest.Heartbeat(group, member.memberId(), Optional.empty(), member.generation());
    }

    private static GroupRequest commit(String group, String member, int generation, long offset) {
        return new GroupRequest.CommitOffsets(
                group,
                member,
                Optional.empty(),
                generation,
                Optional.empty(),
                List.of(new GroupRequest.OffsetToCommit(TOPIC, "topic", 0, offset, -1, "")));
    }

    private static GroupRequest read(String group) {
        return new GroupRequest.ReadOffsets(group, Optional.empty(), GroupRequest.NO_GENERATION, Optional.empty());
    }

    private long offset(String group) throws Exception {
        GroupResponse read = answer(read(group));
        assertThat(read).isInstanceOf(GroupResponse.OffsetsRead.class);
        return ((GroupResponse.OffsetsRead) read).offsets().getFirst().offset();
    }

    /** Asks the group's coordinator as far as anybody knows. */
    private GroupResponse answer(GroupRequest request) throws Exception {
        return owner(image(), request.group()).submit(request).get(20, TimeUnit.SECONDS);
    }

    private MetadataImage image() {
        return quorum.ids().stream()
                .map(id -> quorum.node(id).image())
                .reduce((a, b) -> a.index() >= b.index() ? a : b)
                .orElseThrow();
    }

    private NodeGroupCoordinator owner(MetadataImage image, String group) {
        return coordinators.getOrDefault(
                image.coordinator(group).nodeId(),
                coordinators.values().iterator().next());
    }

    /** A group that the node coordinates. */
    private String groupOf(int node, String prefix) {
        List<Coordinator> owners = image().coordinators();
        return IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> prefix + i)
                .filter(group -> owners.get(GroupShards.of(group)).nodeId() == node)
                .findFirst()
                .orElseThrow();
    }

    private CommandReply accept(MetadataCommand command) throws Exception {
        CommandResult result =
                quorum.node(quorum.ids().getFirst()).propose(command).get(20, TimeUnit.SECONDS);
        assertThat(result).isInstanceOf(CommandResult.Accepted.class);
        return ((CommandResult.Accepted) result).reply();
    }
}
