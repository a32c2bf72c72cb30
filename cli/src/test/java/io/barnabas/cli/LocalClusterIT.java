package io.barnabas.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The life of a local cluster of three real processes, command by command; the methods follow one another. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LocalClusterIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LINES = 200;
    /** Of the first line. Old ones would go by retention when the test takes long. */
    private static final long FIRST_TIMESTAMP = System.currentTimeMillis();
    /** Of line 150. */
    private static final long LATE = FIRST_TIMESTAMP + 150;

    @TempDir
    private static Path scratch;

    private static Shell shell;
    private static Path directory;
    private static int port;
    private static String bootstrap;

    @BeforeAll
    static void bootstrap() {
        shell = new Shell(scratch);
        directory = scratch.resolve("cluster");
        port = FreePorts.run(24_000 + (int) (ProcessHandle.current().pid() % 5_000), 3)
                .orElseThrow();

        Run run = start();

        assertThat(run.err()).isEmpty();
        assertThat(run.exit()).isZero();
        bootstrap = "127.0.0.1:" + port + ",127.0.0.1:" + (port + 1) + ",127.0.0.1:" + (port + 2);
        assertThat(run.out()).contains("3 nodes serve", bootstrap, "barnabas quorum stop --dir");
    }

    private static Run start() {
        return shell.run(
                "quorum", "bootstrap", "--local", "3", "--dir", directory.toString(), "--port", Integer.toString(port));
    }

    /** Whatever failed, no node outlives the test. */
    @AfterAll
    static void killAll() {
        LocalCluster.find(directory).ifPresent(cluster -> cluster.nodes().forEach(LocalNode::kill));
    }

    private static Run barnabas(String input, String line) {
        List<String> arguments = new ArrayList<>(List.of(line.split(" ")));
        arguments.addAll(List.of("--bootstrap-server", bootstrap));
        return shell.runWith(input, arguments.toArray(String[]::new));
    }

    private static String succeed(String line) {
        Run run = barnabas("", line);
        assertThat(run.err()).as(line).isEmpty();
        assertThat(run.exit()).as(line).isZero();
        return run.out();
    }

    private static JsonNode json(String line) throws Exception {
        return JSON.readTree(succeed(line + " --output json"));
    }

    private static List<JsonNode> records(String line) throws Exception {
        List<JsonNode> records = new ArrayList<>();
        for (String record : succeed(line + " --output json").lines().toList()) {
            records.add(JSON.readTree(record));
        }
        return records;
    }

    @Test
    @Order(1)
    void eachNodeHasItsDirectory() {
        for (int id = 1; id <= 3; id++) {
            Path home = directory.resolve("node-" + id);
            assertThat(home.resolve("node.properties")).isRegularFile();
            assertThat(home.resolve("node.pid")).isRegularFile();
            assertThat(home.resolve("node.log")).isRegularFile();
            assertThat(home.resolve("data/meta.properties")).isRegularFile();
        }
    }

    @Test
    @Order(2)
    void aRunningClusterIsNotStartedTwice() {
        Run again = start();

        assertThat(again.exit()).isEqualTo(1);
        assertThat(again.err().lines()).singleElement().asString().contains("runs already", bootstrap);
    }

    @Test
    @Order(3)
    void nodesAndQuorumAreShown() throws Exception {
        JsonNode nodes = json("node list");
        assertThat(nodes)
                .hasSize(3)
                .allSatisfy(node -> assertThat(node.get("state").asText()).isEqualTo("live"));
        assertThat(nodes.get(2).get("port").asInt()).isEqualTo(port + 2);
        assertThat(nodes.get(0).get("replicas").asInt()).isZero();

        JsonNode quorum = json("quorum status");
        assertThat(quorum.get("members")).hasSize(3);
        assertThat(quorum.get("leader").asInt()).isBetween(1, 3);

        assertThat(succeed("node describe 2")).contains("127.0.0.1:" + (port + 1), "node.id");
        assertThat(barnabas("", "node describe 9").exit()).isEqualTo(1);
    }

    @Test
    @Order(4)
    void topicsAreMadeShownAndGrown() throws Exception {
        succeed("topic create orders --partitions 2 --replication-factor 3 --config max.message.bytes=500000");
        Run twice = barnabas("", "topic create orders --partitions 2");
        assertThat(twice.exit()).isEqualTo(1);
        assertThat(twice.err().lines()).singleElement().asString().contains("orders");

        assertThat(json("topic list").get(0).get("name").asText()).isEqualTo("orders");
        JsonNode topic = json("topic describe orders");
        assertThat(topic.get("configs").get("max.message.bytes").asText()).isEqualTo("500000");
        assertThat(topic.get("partitions")).hasSize(2);
        assertThat(topic.get("partitions").get(0).get("replicas")).hasSize(3);
        JsonNode nodes = json("node list");
        assertThat(nodes)
                .allSatisfy(node -> assertThat(node.get("replicas").asInt()).isEqualTo(2));
        int led = 0;
        for (JsonNode node : nodes) {
            led += node.get("leads").asInt();
        }
        assertThat(led).isEqualTo(2);

        succeed("topic create growing --partitions 1 --replication-factor 3");
        succeed("topic add-partitions growing --total 3");
        assertThat(json("topic describe growing").get("partitions")).hasSize(3);
        succeed("topic delete growing");
        assertThat(json("topic list")).hasSize(1);
    }

    @Test
    @Order(5)
    void producedLinesAreTailedBackInOrder() throws Exception {
        String lines = String.join(
                "\n",
                IntStream.range(0, LINES)
                        .mapToObj(i ->
                                "{\"k\":\"key-" + i % 7 + "\",\"t\":" + (FIRST_TIMESTAMP + i) + ",\"n\":" + i + "}")
                        .toList());
        Run produced = barnabas(lines, "produce orders - --key-field k --timestamp-field t --compression zstd");
        assertThat(produced.err()).isEmpty();
        assertThat(produced.out()).startsWith(LINES + " records acknowledged, 0 failed");

        Path file = Files.writeString(scratch.resolve("lines.txt"), "from a file\n");
        succeed("topic create files --partitions 1 --replication-factor 3");
        assertThat(succeed("produce files " + file))
                .as("no progress bar in a pipe")
                .startsWith("1 records");
        succeed("topic delete files");

        List<JsonNode> all = records("partition tail orders --from beginning --no-follow");
        assertThat(all).hasSize(LINES);
        for (int key = 0; key < 7; key++) {
            String wanted = "key-" + key;
            assertThat(all.stream()
                            .filter(record -> record.get("key").asText().equals(wanted))
                            .map(record -> record.get("timestamp").asLong())
                            .toList())
                    .as(wanted)
                    .isNotEmpty()
                    .isSorted()
                    .doesNotHaveDuplicates();
        }
        List<JsonNode> late = records("partition tail orders --from @" + LATE + " --no-follow");
        assertThat(late)
                .hasSize(LINES - 150)
                .allSatisfy(
                        record -> assertThat(record.get("timestamp").asLong()).isGreaterThanOrEqualTo(LATE));
        assertThat(records("partition tail orders:0 --from 3 --max 2"))
                .extracting(record -> record.get("offset").asLong())
                .containsExactly(3L, 4L);
    }

    @Test
    @Order(6)
    void wrongInputFailsInOneLineAndStoresNothing() {
        Run noKey = barnabas("no key here", "produce orders --key-separator :");
        assertThat(noKey.exit()).isEqualTo(1);
        assertThat(noKey.err().lines()).singleElement().asString().contains("no key separator");

        Run missing = barnabas("", "produce orders missing.jsonl");
        assertThat(missing.exit()).isEqualTo(1);
        assertThat(missing.err().lines()).singleElement().asString().contains("missing.jsonl");

        Run beyond = barnabas("", "partition tail orders:0 --from 99999 --no-follow --max 1");
        assertThat(beyond.err().lines()).hasSizeLessThanOrEqualTo(1);

        Run unknown = barnabas("", "partition tail oders --from beginning --no-follow");
        assertThat(unknown.exit()).isEqualTo(1);
        assertThat(unknown.err().lines()).singleElement().asString().contains("oders");
        assertThat(succeed("topic list")).as("a misspelt tail creates no topic").doesNotContain("oders");
    }

    @Test
    @Order(7)
    void partitionsShowEachReplica() {
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            JsonNode replicas = json("partition describe orders:1");
            assertThat(replicas).hasSize(3);
            assertThat(replicas)
                    .extracting(replica -> replica.get("lag").asText())
                    .containsOnly("0");
            assertThat(replicas)
                    .filteredOn(replica -> replica.get("role").asText().equals("leader"))
                    .hasSize(1);
            assertThat(replicas.get(0).get("end").asLong()).isPositive();
            assertThat(replicas.get(0).get("bytes").asLong()).isPositive();
        });
    }

    @Test
    @Order(7)
    void aGroupReadsIsShownMovedAndDeleted() throws Exception {
        assertThat(records("consume orders --group readers --max 30 --idle-end 60s"))
                .hasSize(30);
        assertThat(json("group list"))
                .filteredOn(group -> group.get("group").asText().equals("readers"))
                .singleElement()
                .satisfies(group -> assertThat(group.get("state").asText()).isEqualTo("Empty"));
        assertThat(json("group describe readers").get("members")).isEmpty();

        JsonNode behind = json("group lag readers --now");
        assertThat(IntStream.range(0, behind.size())
                        .mapToLong(i -> behind.get(i).get("committed").asLong())
                        .sum())
                .isEqualTo(30);
        succeed("group reset-offsets readers --topic orders --to-latest --dry-run");
        assertThat(json("group lag readers --now")).isEqualTo(behind);
        succeed("group reset-offsets readers --topic orders --to-latest");
        assertThat(json("group lag readers"))
                .hasSize(2)
                .allSatisfy(partition ->
                        assertThat(partition.get("verdict").asText()).isEqualTo("ok"));
        succeed("group reset-offsets readers --to-datetime @" + LATE);
        assertThat(records("consume orders --group readers --protocol consumer --max " + (LINES - 150)))
                .allSatisfy(
                        record -> assertThat(record.get("timestamp").asLong()).isGreaterThanOrEqualTo(LATE));

        succeed("group delete readers");
        assertThat(succeed("group list")).doesNotContain("readers");
        Run gone = barnabas("", "group describe readers");
        assertThat(gone.exit()).isEqualTo(1);
        assertThat(gone.err().lines()).singleElement().asString().contains("readers", "group list");
    }

    @Test
    @Order(7)
    void groupsAreMeasured() throws Exception {
        JsonNode commits = json("bench commits --groups 4 --seconds 1 --warm-up 0");
        assertThat(commits.get(0).get("commits").asLong()).isPositive();

        JsonNode rebalance = json("bench rebalance --members 2 --rounds 1 --partitions 4");
        assertThat(rebalance.get(0).get("one joins ms").asLong()).isPositive();
        assertThat(succeed("topic list")).as("their topics are deleted").doesNotContain("bench");
    }

    @Test
    @Order(8)
    void settingsAreSetShownAndUnset() throws Exception {
        assertThat(succeed("topic alter orders --config retention.ms=3600000 --unset max.message.bytes"))
                .contains("retention.ms=3600000", "max.message.bytes is not set any more");
        assertThat(json("config describe topic:orders"))
                .filteredOn(setting -> setting.get("source").asText().equals("topic"))
                .extracting(setting ->
                        setting.get("key").asText() + "=" + setting.get("value").asText())
                .containsExactly("retention.ms=3600000");
        succeed("config set topic:orders segment.ms=7200000 retention.ms=1800000");
        succeed("config unset topic:orders retention.ms");
        assertThat(succeed("config describe topic:orders"))
                .contains("segment.ms")
                .doesNotContain("retention.ms");
        succeed("config unset topic:orders segment.ms");

        Run wrong = barnabas("", "config set topic:orders retention.ms=soon");
        assertThat(wrong.exit()).isEqualTo(1);
        assertThat(wrong.err().lines()).singleElement().asString().contains("retention.ms");
        Run started = barnabas("", "config set node:1 num.partitions=3");
        assertThat(started.exit()).isEqualTo(1);
        assertThat(started.err().lines()).singleElement().asString().contains("restart");
        assertThat(succeed("config describe node:2 --all")).contains("num.partitions", "node.properties");
        assertThat(barnabas("", "config set orders retention.ms=1").exit()).isEqualTo(2);
        assertThat(barnabas("", "topic alter orders").exit()).isEqualTo(2);
    }

    @Test
    @Order(9)
    void theQuorumsLeadAndVotesMove() throws Exception {
        for (int node = 1; node <= 3; node++) {
            succeed("quorum transfer " + node);
            assertThat(json("quorum status").get("leader").asInt()).isEqualTo(node);
        }
        succeed("quorum remove-voter 3");
        Run again = barnabas("", "quorum transfer 3");
        assertThat(again.exit()).isEqualTo(1);
        assertThat(again.err().lines()).singleElement().asString().contains("does not vote");
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(json("quorum status").get("members"))
                        .filteredOn(member -> member.get("role").asText().equals("listener"))
                        .extracting(member -> member.get("node").asInt())
                        .containsExactly(3));
        succeed("quorum add-voter 3");
        assertThat(barnabas("", "quorum add-voter 3").exit()).isEqualTo(1);
        assertThat(barnabas("", "quorum add-voter 9").exit()).isEqualTo(1);
    }

    @Test
    @Order(10)
    void aDrainedNodeLeadsNothingUntilItMayAgain() throws Exception {
        assertThat(succeed("node drain 2")).contains("node 2 leads nothing that another node could lead");
        assertThat(json("topic describe orders").get("partitions"))
                .extracting(partition -> partition.get("leader").asInt())
                .isNotEmpty()
                .doesNotContain(2);
        assertThat(succeed("node drain 2 --undo")).contains("node 2 may lead again");
        Run unknown = barnabas("", "node drain 9");
        assertThat(unknown.exit()).isEqualTo(1);
        assertThat(unknown.err().lines()).singleElement().asString().contains("there is no node 9");
    }

    @Test
    @Order(11)
    void aKilledLeaderStopsNeitherProducingNorTailing() throws Exception {
        int leader = json("topic describe orders")
                .get("partitions")
                .get(0)
                .get("leader")
                .asInt();
        LocalCluster.find(directory).orElseThrow().node(leader).kill();

        Run produced = barnabas("a:after\nb:after\nc:after\n", "produce orders --key-separator :");
        assertThat(produced.err()).isEmpty();
        assertThat(produced.out()).startsWith("3 records acknowledged, 0 failed");
        assertThat(records("partition tail orders --from beginning --no-follow"))
                .hasSize(LINES + 3);

        // Kafka's own client would ask the node that is gone.
        assertThat(succeed("node drain " + leader + " --no-wait")).contains("hands over what it leads");
        assertThat(succeed("node drain " + leader + " --undo")).contains("may lead again");
    }

    @Test
    @Order(12)
    void stopAndStartKeepEverything() throws Exception {
        Run stop = shell.run("quorum", "stop", "--dir", directory.toString());
        assertThat(stop.err()).isEmpty();
        assertThat(stop.out().lines())
                .hasSize(3)
                .filteredOn(line -> line.endsWith("stopped"))
                .hasSize(2);
        assertThat(LocalCluster.find(directory).orElseThrow().nodes())
                .allSatisfy(node -> assertThat(node.process()).isEmpty());

        Run again = start();
        assertThat(again.err()).isEmpty();
        assertThat(again.exit()).isZero();
        assertThat(records("partition tail orders --from beginning --no-follow"))
                .hasSize(LINES + 3);
        assertThat(Files.readString(directory.resolve("node-1/node.log"))).doesNotContain("Exception in thread");
    }
}
