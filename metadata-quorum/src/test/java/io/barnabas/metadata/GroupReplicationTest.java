package io.barnabas.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.barnabas.metadata.rules.CommandReply;
import io.barnabas.metadata.rules.CommandResult;
import io.barnabas.metadata.rules.Endpoint;
import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.MetadataCommand.ShardRecords;
import io.barnabas.metadata.rules.group.GroupRecord;
import io.barnabas.metadata.rules.group.GroupShards;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.ratis.util.FileUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Group records reach the store of every node, by the log or by a snapshot, and outlive restarts. */
@Timeout(120)
class GroupReplicationTest {

    private static final int SNAPSHOT_EVERY = 20;

    @TempDir
    Path directory;

    @Test
    void nodesThatWereAwayWipedOrNewGetTheStoreBySnapshot() throws Exception {
        try (LocalQuorum quorum = quorum()) {
            int leader = quorum.leader();
            int away = leader % 3 + 1;
            commit(quorum.node(leader), 0, 10);
            quorum.stop(away);
            commit(quorum.node(leader), 10, 80);
            awaitSnapshots(quorum, leader);
            quorum.start(away);
            expect(quorum.node(away), 80);

            int wiped = 6 - leader - away;
            quorum.stop(wiped);
            FileUtils.deleteFully(quorum.storage(wiped));
            // A leader that knows what the node had would wait for it to say so; a new one asks.
            quorum.stop(leader);
            quorum.start(leader);
            quorum.start(wiped);
            expect(quorum.node(wiped), 80);

            quorum.start(4);
            register(quorum, 4);
            expect(quorum.node(4), 80);
            commit(quorum.node(4), 80, 85);
            for (int id : quorum.ids()) {
                expect(quorum.node(id), 85);
            }
        }
    }

    @Test
    void aRestartAnywhereGivesTheSameStore() throws Exception {
        try (LocalQuorum quorum = new LocalQuorum(directory, 1, SNAPSHOT_EVERY)) {
            prepare(quorum);
            int committed = 0;
            for (int more : List.of(3, 30, 25)) {
                commit(quorum.node(1), committed, committed + more);
                committed += more;
                quorum.stop(1);
                quorum.start(1);
                quorum.leader();
                expect(quorum.node(1), committed);
            }
            assertThat(snapshots(quorum.storage(1))).hasSizeBetween(1, 2);
        }
    }

    @Test
    void recordsOfAStaleEpochAreOnNoNode() throws Exception {
        try (LocalQuorum quorum = quorum()) {
            RatisMetadataQuorum node = quorum.node(quorum.leader());
            String group = "g";
            int shard = GroupShards.of(group);
            long epoch = node.image().coordinators().get(shard).epoch();
            CommandResult renewed = node.propose(new MetadataCommand.RenewCoordinators(
                            node.image().coordinators().get(shard).nodeId(),
                            node.image()
                                    .node(node.image().coordinators().get(shard).nodeId())
                                    .orElseThrow()
                                    .epoch(),
                            List.of(shard)))
                    .get(20, TimeUnit.SECONDS);
            assertThat(renewed).isInstanceOf(CommandResult.Accepted.class);
            CommandResult.Accepted appended =
                    (CommandResult.Accepted) node.propose(new MetadataCommand.AppendGroupRecords(
                                    List.of(new ShardRecords(shard, epoch, List.of(offset(group, 1))))))
                            .get(20, TimeUnit.SECONDS);
            assertThat(appended.reply()).isEqualTo(new CommandReply.GroupRecordsAppended(List.of(shard)));
            commit(node, 0, 1);
            for (int id : quorum.ids()) {
                expect(quorum.node(id), 1);
                assertThat(quorum.node(id).groupRecords().offsets(group)).isEmpty();
            }
        }
    }

    private LocalQuorum quorum() throws Exception {
        LocalQuorum quorum = new LocalQuorum(directory, 3, SNAPSHOT_EVERY);
        prepare(quorum);
        return quorum;
    }

    private static void prepare(LocalQuorum quorum) throws Exception {
        quorum.leader();
        assertThat(quorum.node(1).propose(new MetadataCommand.InitCluster("c")).get(20, TimeUnit.SECONDS))
                .isInstanceOf(CommandResult.Accepted.class);
        register(quorum, 1);
    }

    private static void register(LocalQuorum quorum, int id) throws Exception {
        assertThat(quorum.node(id)
                        .propose(new MetadataCommand.RegisterNode(
                                "c",
                                id,
                                UUID.randomUUID(),
                                List.of(new Endpoint("PLAINTEXT", "127.0.0.1", 9092)),
                                quorum.address(id),
                                "127.0.0.1:1",
                                Optional.empty()))
                        .get(20, TimeUnit.SECONDS))
                .isInstanceOf(CommandResult.Accepted.class);
    }

    /** One group each, with an offset and a membership, one command per group; who is its coordinator is no matter. */
    private static void commit(MetadataQuorum node, int from, int to) throws Exception {
        for (int i = from; i < to; i++) {
            String group = "group-" + i;
            List<GroupRecord> records = List.of(state(group), offset(group, i));
            CommandReply reply;
            do {
                ShardRecords shard = new ShardRecords(
                        GroupShards.of(group), node.image().coordinator(group).epoch(), records);
                CommandResult result = node.propose(new MetadataCommand.AppendGroupRecords(List.of(shard)))
                        .get(20, TimeUnit.SECONDS);
                reply = ((CommandResult.Accepted) result).reply();
                // Nobody sends heartbeats here: a node is fenced at some time, and the epochs change once.
            } while (!reply.equals(new CommandReply.GroupRecordsAppended(List.of())));
        }
    }

    private static void expect(RatisMetadataQuorum node, int groups) {
        await().atMost(Duration.ofSeconds(20))
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(node.groupRecords().offsets("group-" + (groups - 1)))
                        .hasSize(1));
        List<GroupRecord> memberships = new ArrayList<>();
        for (int shard = 0; shard < GroupShards.COUNT; shard++) {
            node.groupRecords().scan(shard, memberships::add);
        }
        assertThat(memberships)
                .containsExactlyInAnyOrderElementsOf(IntStream.range(0, groups)
                        .<GroupRecord>mapToObj(i -> state("group-" + i))
                        .toList());
        for (int i = 0; i < groups; i++) {
            assertThat(node.groupRecords().offsets("group-" + i)).containsExactly(offset("group-" + i, i));
        }
    }

    private static void awaitSnapshots(LocalQuorum quorum, int id) {
        await().atMost(Duration.ofSeconds(10))
                .until(() -> snapshots(quorum.storage(id)).size() >= 2);
    }

    private static List<Path> snapshots(Path storage) throws Exception {
        try (Stream<Path> files = Files.walk(storage)) {
            return files.filter(file -> file.getFileName().toString().matches("snapshot\\.\\d+_\\d+"))
                    .toList();
        }
    }

    private static GroupRecord state(String group) {
        return new GroupRecord.ClassicGroupState(
                group,
                "consumer",
                Optional.of("range"),
                Optional.of("m"),
                3,
                1_000,
                List.of(new GroupRecord.ClassicMemberState(
                        "m", Optional.empty(), "client", "/host", 10_000, 60_000, List.of(), ByteString.EMPTY)));
    }

    private static GroupRecord.CommittedOffset offset(String group, long offset) {
        return new GroupRecord.CommittedOffset(
                group, new UUID(1, 2), "topic", 0, offset, 3, "", 1_000, Optional.empty());
    }
}
