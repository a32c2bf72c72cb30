import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.tools.BrokerApiVersionsCommand;
import org.apache.kafka.tools.ClusterTool;
import org.apache.kafka.tools.ConsoleProducer;
import org.apache.kafka.tools.DeleteRecordsCommand;
import org.apache.kafka.tools.FeatureCommand;
import org.apache.kafka.tools.GetOffsetShell;
import org.apache.kafka.tools.LeaderElectionCommand;
import org.apache.kafka.tools.LogDirsCommand;
import org.apache.kafka.tools.MetadataQuorumCommand;
import org.apache.kafka.tools.TopicCommand;
import org.apache.kafka.tools.TransactionsCommand;
import org.apache.kafka.tools.VerifiableConsumer;
import org.apache.kafka.tools.consumer.ConsoleConsumer;
import org.apache.kafka.tools.consumer.group.ConsumerGroupCommand;
import org.apache.kafka.tools.reassign.ReassignPartitionsCommand;

/**
 * Runs the stock tools of Apache Kafka against a cluster of three nodes, numbered from 1, and checks what they print.
 * All run in this one process, since starting a JVM for each takes longer than what they do.
 */
public class KafkaTools {

    private static final PrintStream SHELL = System.out;
    private static final InputStream KEYBOARD = System.in;

    private final String servers;

    private KafkaTools(String servers) {
        this.servers = servers;
    }

    public static void main(String[] arguments) throws Exception {
        KafkaTools tools = new KafkaTools(arguments[0]);
        Exit.setExitProcedure(KafkaTools::leave);
        Exit.setHaltProcedure(KafkaTools::leave);
        Exit.setShutdownHookAdder((name, hook) -> hooks.add(hook));
        tools.topics();
        tools.configs();
        tools.records();
        tools.cluster();
        tools.groups();
        tools.members("classic");
        tools.members("consumer");
        tools.replicas();
        tools.quorum();
        SHELL.println("kafka-tools: all passed");
        SHELL.flush();
        Runtime.getRuntime().halt(0);
    }

    private void topics() throws Exception {
        List<String> topics = on("--bootstrap-server", servers);
        run(TopicCommand::main, topics, "--create", "--topic", "tools", "--partitions", "3", "--replication-factor", "3")
                .succeeds()
                .prints("Created topic tools\\.");
        run(TopicCommand::main, topics, "--create", "--topic", "tools", "--partitions", "3")
                .fails()
                .prints("Topic 'tools' already exists|topic 'tools' exists already");
        run(TopicCommand::main, topics, "--create", "--if-not-exists", "--topic", "tools")
                .succeeds();
        run(TopicCommand::main, topics, "--create", "--topic", "wide", "--replication-factor", "4")
                .fails()
                .prints("replication factor 4 needs as many live nodes, but only 3");
        run(TopicCommand::main, topics, "--create", "--topic", "placed", "--replica-assignment", "2:3,3:1")
                .succeeds();
        runUntil("Partition: 1\\s+Leader: \\d", TopicCommand::main, topics, "--describe", "--topic", "placed")
                .succeeds()
                .prints("PartitionCount: 2\\s+ReplicationFactor: 2")
                .prints("Partition: 0\\s+Leader: \\d\\s+Replicas: 2,3\\s+Isr: \\d,\\d")
                .prints("Partition: 1\\s+Leader: \\d\\s+Replicas: 3,1\\s+Isr: \\d,\\d");
        runUntil("^placed$", TopicCommand::main, topics, "--list").succeeds().prints("^tools$");
        run(TopicCommand::main, topics, "--alter", "--topic", "tools", "--partitions", "5")
                .succeeds();
        runUntil("Partition: 4\\s+Leader: \\d", TopicCommand::main, topics, "--describe", "--topic", "tools")
                .succeeds()
                .prints("PartitionCount: 5\\s+ReplicationFactor: 3")
                .prints("Partition: 4\\s+Leader: \\d\\s+Replicas: \\d,\\d,\\d\\s+Isr: \\d,\\d,\\d");
        run(TopicCommand::main, topics, "--alter", "--topic", "tools", "--partitions", "2")
                .fails()
                .prints("can only grow");
        run(TopicCommand::main, topics, "--describe", "--under-replicated-partitions")
                .succeeds()
                .printsNothing();
        run(TopicCommand::main, topics, "--describe", "--unavailable-partitions")
                .succeeds()
                .printsNothing();
        run(TopicCommand::main, topics, "--delete", "--topic", "placed").succeeds();
        runUntil("Topic 'placed' does not exist", TopicCommand::main, topics, "--describe", "--topic", "placed")
                .fails();
    }

    private void configs() throws Exception {
        List<String> topic = on("--bootstrap-server", servers, "--entity-type", "topics", "--entity-name", "tools");
        run(ConfigTool::main, topic, "--alter", "--add-config", "retention.ms=3600000,max.message.bytes=900000")
                .succeeds()
                .prints("Completed updating config for topic tools\\.");
        runUntil("retention\\.ms=3600000 .*DYNAMIC_TOPIC_CONFIG:", ConfigTool::main, topic, "--describe")
                .succeeds()
                .prints("max\\.message\\.bytes=900000 ");
        run(ConfigTool::main, topic, "--alter", "--delete-config", "retention.ms")
                .succeeds();
        runUntil("\\A((?!retention\\.ms)[\\s\\S])*\\z", ConfigTool::main, topic, "--describe")
                .succeeds()
                .prints("max\\.message\\.bytes=900000 ");
        run(ConfigTool::main, topic, "--alter", "--add-config", "retention.ms=never")
                .fails()
                .prints("InvalidConfigurationException.*retention\\.ms");
        run(ConfigTool::main, topic, "--describe", "--all").succeeds().prints("cleanup\\.policy=delete ");

        List<String> broker = on("--bootstrap-server", servers, "--entity-type", "brokers");
        List<String> one = with(broker, "--entity-name", "1");
        run(ConfigTool::main, one, "--describe", "--all")
                .succeeds()
                .prints("node\\.id=1 .*STATIC_BROKER_CONFIG:node\\.id=1")
                .prints("num\\.partitions=\\d+ ");
        run(ConfigTool::main, with(broker, "--entity-default"), "--describe").succeeds();
    }

    private void records() throws Exception {
        List<String> lines = IntStream.range(0, 500).mapToObj(i -> "k" + i % 7 + "=v" + i).toList();
        List<String> producer = on("--bootstrap-server", servers, "--topic", "tools");
        typing(lines);
        run(ConsoleProducer::main, producer, "--reader-property", "parse.key=true", "--reader-property", "key.separator==")
                .succeeds();
        System.setIn(KEYBOARD);

        List<String> offsets = on("--bootstrap-server", servers, "--topic", "tools");
        Outcome ends = runUntil("^tools:4:\\d+$", GetOffsetShell::main, offsets).succeeds();
        check(sum(ends, "tools:\\d:(\\d+)") == 500, "GetOffsetShell counts other than 500 records", ends);
        run(GetOffsetShell::main, offsets, "--time", "earliest").succeeds().prints("^tools:0:0$");
        run(GetOffsetShell::main, offsets, "--time", "latest", "--partitions", "3")
                .succeeds()
                .prints("^tools:3:\\d+$");
        run(GetOffsetShell::main, offsets, "--time", "max-timestamp").succeeds();

        List<String> read = new ArrayList<>();
        for (int partition = 0; partition < 5; partition++) {
            Outcome end = run(GetOffsetShell::main, offsets, "--partitions", Integer.toString(partition));
            long count = sum(end, "tools:\\d:(\\d+)");
            if (count > 0) {
                Outcome printed = run(
                                ConsoleConsumer::main,
                                on("--bootstrap-server", servers, "--topic", "tools"),
                                "--partition", Integer.toString(partition),
                                "--offset", "earliest",
                                "--max-messages", Long.toString(count),
                                "--timeout-ms", "30000",
                                "--formatter-property", "print.key=true",
                                "--formatter-property", "key.separator==")
                        .succeeds();
                read.addAll(printed.lines());
            }
        }
        check(read.stream().sorted().toList().equals(lines.stream().sorted().toList()), "other records came back", ends);

        int full = IntStream.range(0, 5).filter(p -> sum(ends, "tools:" + p + ":(\\d+)") > 1).findFirst().orElseThrow();
        Path deletion = Files.createTempFile("delete-records", ".json");
        Files.writeString(
                deletion,
                "{\"version\":1,\"partitions\":[{\"topic\":\"tools\",\"partition\":" + full + ",\"offset\":2}]}");
        run(
                        DeleteRecordsCommand::main,
                        on("--bootstrap-server", servers),
                        "--offset-json-file",
                        deletion.toString())
                .succeeds()
                .prints("partition: tools-" + full + "\\s+low_watermark: 2");
        Files.delete(deletion);
        run(GetOffsetShell::main, offsets, "--time", "earliest", "--partitions", Integer.toString(full))
                .succeeds()
                .prints("^tools:" + full + ":2$");
    }

    private void cluster() throws Exception {
        run(LogDirsCommand::main, on("--bootstrap-server", servers), "--describe", "--topic-list", "tools")
                .succeeds()
                .prints("\"broker\":1")
                .prints("\"broker\":3")
                .prints("\"partition\":\"tools-4\"")
                .doesNotPrint("\"error\":\"");
        run(FeatureCommand::main, on("--bootstrap-server", servers), "describe")
                .succeeds()
                .prints("Feature: barnabas\\.metadata\\.version\\s+SupportedMinVersion: 1\\s.*FinalizedVersionLevel: 1\\s");
        run(ClusterTool::main, on("cluster-id", "--bootstrap-server", servers))
                .succeeds()
                .prints("Cluster ID: \\S+");
        run(TransactionsCommand::main, on("--bootstrap-server", servers), "list")
                .succeeds()
                .prints("^TransactionalId");
        List<String> quorum = on("--bootstrap-server", servers);
        run(MetadataQuorumCommand::main, quorum, "describe", "--status")
                .succeeds()
                .prints("LeaderId:\\s+[123]$")
                .prints("LeaderEpoch:\\s+[1-9]\\d*$")
                .prints("HighWatermark:\\s+[1-9]\\d*$")
                .prints("CurrentVoters:\\s+\\[\\{\"id\": 1.*\"id\": 2.*\"id\": 3")
                .prints("CurrentObservers:\\s+\\[\\]");
        run(MetadataQuorumCommand::main, quorum, "describe", "--replication")
                .succeeds()
                .prints("^[123]\\s.*Leader\\s*$")
                .prints("^[123]\\s.*Follower\\s*$");
        run(BrokerApiVersionsCommand::main, on("--bootstrap-server", servers))
                .succeeds()
                .prints("\\(id: 1 rack: null")
                .prints("\\(id: 3 rack: null")
                .prints("Produce\\(0\\): \\d+ to \\d+ \\[usable: \\d+\\]")
                .doesNotPrint("ERROR");
    }

    private void groups() throws Exception {
        run(TopicCommand::main, on("--bootstrap-server", servers), "--create", "--topic", "grouped", "--partitions", "4")
                .succeeds();
        runUntil("^grouped:3:0$", GetOffsetShell::main, on("--bootstrap-server", servers, "--topic", "grouped"));
        List<String> lines = IntStream.range(0, 400).mapToObj(i -> "g" + i % 9 + "=w" + i).toList();
        typing(lines);
        run(
                        ConsoleProducer::main,
                        on("--bootstrap-server", servers, "--topic", "grouped"),
                        "--reader-property", "parse.key=true",
                        "--reader-property", "key.separator==")
                .succeeds();
        System.setIn(KEYBOARD);
        Outcome read = run(
                        ConsoleConsumer::main,
                        on("--bootstrap-server", servers, "--topic", "grouped", "--group", "tools-group"),
                        "--from-beginning",
                        "--max-messages", "400",
                        "--timeout-ms", "30000",
                        "--formatter-property", "print.key=true",
                        "--formatter-property", "key.separator==")
                .succeeds();
        check(
                read.lines().stream().sorted().toList().equals(lines.stream().sorted().toList()),
                "the group read other records",
                read);

        List<String> groups = on("--bootstrap-server", servers);
        run(ConsumerGroupCommand::main, groups, "--list").succeeds().prints("^tools-group$");
        List<String> group = with(groups, "--group", "tools-group");
        Outcome described = run(ConsumerGroupCommand::main, group, "--describe").succeeds();
        check(sum(described, LAG_ROW) == 400 && sum(described, ".*?(\\d+)\\s+-\\s+-\\s+-\\s*") == 0, "wrong lag", described);
        run(ConsumerGroupCommand::main, group, "--describe", "--state").succeeds().prints("\\sEmpty\\s+0\\s*$");

        List<String> reset = with(group, "--reset-offsets");
        run(ConsumerGroupCommand::main, reset, "--all-topics", "--to-earliest", "--dry-run")
                .succeeds()
                .prints("tools-group\\s+grouped\\s+0\\s+0\\s*$");
        check(
                sum(run(ConsumerGroupCommand::main, group, "--describe"), LAG_ROW) == 400,
                "a dry run moved offsets",
                described);
        run(ConsumerGroupCommand::main, reset, "--topic", "grouped", "--to-earliest", "--execute")
                .succeeds();
        check(
                sum(run(ConsumerGroupCommand::main, group, "--describe"), LAG_ROW) == 0,
                "offsets were not reset to the earliest",
                described);
        run(ConsumerGroupCommand::main, reset, "--topic", "grouped", "--to-latest", "--execute")
                .succeeds();
        run(ConsumerGroupCommand::main, reset, "--topic", "grouped", "--to-datetime", "2001-01-01T00:00:00.000", "--execute")
                .succeeds()
                .prints("tools-group\\s+grouped\\s+3\\s+0\\s*$");
        run(ConsumerGroupCommand::main, group, "--delete-offsets", "--topic", "grouped:0")
                .succeeds()
                .prints("Request succeeded for deleting offsets from group tools-group");
        run(ConsumerGroupCommand::main, group, "--describe").succeeds().doesNotPrint("grouped\\s+0\\s");
        run(ConsumerGroupCommand::main, group, "--delete")
                .succeeds()
                .prints("Deletion of requested consumer groups \\('tools-group'\\) was successful");
        run(ConsumerGroupCommand::main, groups, "--list").succeeds().doesNotPrint("^tools-group$");
    }

    /** A verifiable consumer that waits for one record more than there are, and what others see of it meanwhile. */
    private void members(String protocol) throws Exception {
        String name = "verifiable-" + protocol;
        Outcome before = run(GetOffsetShell::main, on("--bootstrap-server", servers, "--topic", "grouped"));
        long records = sum(before, "grouped:\\d:(\\d+)");
        Running consumer = start(
                VerifiableConsumer::main,
                on("--bootstrap-server", servers, "--topic", "grouped", "--group-id", name),
                "--group-protocol", protocol,
                "--reset-policy", "earliest",
                "--max-messages", Long.toString(records + 1));
        consumer.says("partitions_assigned");
        List<String> group = on("--bootstrap-server", servers, "--group", name);
        runUntil("\\sStable\\s+1\\s*$", ConsumerGroupCommand::main, group, "--describe", "--state");
        runUntil("\\s4\\s*$", ConsumerGroupCommand::main, group, "--describe", "--members");
        runUntil(
                "(?s)\\A(?=.*grouped\\s+0\\s+\\d+\\s+\\d+\\s+0\\s)(?=.*grouped\\s+3\\s+\\d+\\s+\\d+\\s+0\\s)",
                ConsumerGroupCommand::main,
                group,
                "--describe");
        run(ConsumerGroupCommand::main, group, "--delete").prints("NonEmpty|not empty");
        run(ConsumerGroupCommand::main, group, "--reset-offsets", "--to-earliest", "--topic", "grouped", "--execute")
                .prints("inactive|Empty");
        typing(List.of("last=one"));
        run(
                        ConsoleProducer::main,
                        on("--bootstrap-server", servers, "--topic", "grouped"),
                        "--reader-property", "parse.key=true",
                        "--reader-property", "key.separator==")
                .succeeds();
        System.setIn(KEYBOARD);
        Outcome consumed = consumer.end()
                .succeeds()
                .prints("\"name\":\"partitions_assigned\"")
                .prints("\"name\":\"offsets_committed\"")
                .doesNotPrint("\"success\":false")
                .prints("\"name\":\"shutdown_complete\"");
        long read = Pattern.compile("\"name\":\"records_consumed\",\"count\":(\\d+)")
                .matcher(consumed.text())
                .results()
                .mapToLong(found -> Long.parseLong(found.group(1)))
                .sum();
        check(read == records + 1, "consumed " + read + " of " + (records + 1), consumed);
        runUntil("was successful", ConsumerGroupCommand::main, group, "--delete");
    }

    private void replicas() throws Exception {
        List<String> cluster = on("--bootstrap-server", servers);
        run(TopicCommand::main, cluster, "--create", "--topic", "moving", "--replica-assignment", "1:2,2:3")
                .succeeds();
        Path plan = Files.createTempFile("reassignment", ".json");
        Files.writeString(
                plan,
                "{\"version\":1,\"partitions\":[{\"topic\":\"moving\",\"partition\":0,\"replicas\":[3,2]}]}");
        List<String> moves = with(cluster, "--reassignment-json-file", plan.toString());
        runUntil("moving-0|moving", TopicCommand::main, cluster, "--list");
        run(ReassignPartitionsCommand::main, moves, "--execute")
                .succeeds()
                .prints("Successfully started partition reassignment for moving-0");
        runUntil("Reassignment of partition moving-0 is completed", ReassignPartitionsCommand::main, moves, "--verify")
                .succeeds();
        Files.delete(plan);
        runUntil("No partition reassignments found", ReassignPartitionsCommand::main, cluster, "--list");
        runUntil("Partition: 0\\s+Leader: \\d\\s+Replicas: 3,2\\s", TopicCommand::main, cluster, "--describe", "--topic", "moving");
        runUntil(
                "Successfully completed leader election \\(PREFERRED\\) for partitions moving-0|Valid replica already elected",
                LeaderElectionCommand::main,
                cluster,
                "--election-type", "preferred",
                "--topic", "moving",
                "--partition", "0");
        runUntil("Partition: 0\\s+Leader: 3\\s", TopicCommand::main, cluster, "--describe", "--topic", "moving");
    }

    /** Last of all: the quorum is smaller afterwards. */
    private void quorum() throws Exception {
        List<String> cluster = on("--bootstrap-server", servers);
        run(
                        MetadataQuorumCommand::main,
                        cluster,
                        "remove-controller",
                        "--controller-id", "3",
                        "--controller-directory-id", "AAAAAAAAAAAAAAAAAAAAAA")
                .succeeds();
        runUntil(
                "CurrentObservers:\\s+\\[\\{\"id\": 3",
                MetadataQuorumCommand::main,
                cluster,
                "describe",
                "--status");
    }

    // What runs a tool and looks at what it did.

    /** A partition of the described group: the committed offset is what is summed. */
    private static final String LAG_ROW = "tools-group\\s+grouped\\s+\\d\\s+(\\d+)\\s+\\d+\\s+\\d+\\s.*";

    @FunctionalInterface
    private interface Tool {
        void main(String... arguments) throws Exception;
    }

    /** ConfigCommand's door is Scala's, which takes an array that is no varargs. */
    private static final class ConfigTool {
        static void main(String... arguments) {
            kafka.admin.ConfigCommand.main(arguments);
        }
    }

    /** How the tool that was started last ended. */
    private static CompletableFuture<Integer> end = new CompletableFuture<>();

    /** What the tool that runs wants done at its end: a console producer sends its last records there. */
    private static final Queue<Runnable> hooks = new ConcurrentLinkedQueue<>();

    /** Where a tool would end the process its thread ends instead: some take an exception from here for a failure. */
    private static void leave(int code, String message) {
        ended(end, code);
        while (true) {
            LockSupport.park();
        }
    }

    private static void ended(CompletableFuture<Integer> tool, int code) {
        while (!hooks.isEmpty()) {
            hooks.poll().run();
        }
        tool.complete(code);
    }

    /** What a tool said, and its exit code. */
    private record Outcome(String command, int code, String text) {

        Outcome succeeds() {
            check(code == 0, "exit code " + code, this);
            return this;
        }

        Outcome fails() {
            check(code != 0, "no failure", this);
            return this;
        }

        Outcome prints(String pattern) {
            check(Pattern.compile(pattern, Pattern.MULTILINE).matcher(text).find(), "does not print " + pattern, this);
            return this;
        }

        Outcome doesNotPrint(String pattern) {
            check(!Pattern.compile(pattern, Pattern.MULTILINE).matcher(text).find(), "prints " + pattern, this);
            return this;
        }

        Outcome printsNothing() {
            check(text.isBlank(), "prints something", this);
            return this;
        }

        List<String> lines() {
            return text.lines().filter(line -> line.matches("\\w+=\\w+")).toList();
        }
    }

    /** Repeats what one node may know a moment later than another. */
    private static Outcome runUntil(String pattern, Tool tool, List<String> first, String... more) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (true) {
            Outcome outcome = run(tool, first, more);
            if (Pattern.compile(pattern, Pattern.MULTILINE).matcher(outcome.text()).find()) {
                return outcome;
            }
            check(System.nanoTime() < deadline, "does not come to print " + pattern, outcome);
            Thread.sleep(100);
        }
    }

    private static Outcome run(Tool tool, List<String> first, String... more) throws Exception {
        return start(tool, first, more).end();
    }

    /** Starts a tool; only one that never leaves by itself may run beside others. */
    private static Running start(Tool tool, List<String> first, String... more) throws Exception {
        List<String> arguments = with(first, more);
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream screen = new PrintStream(said, true, StandardCharsets.UTF_8);
        CompletableFuture<Integer> ended = new CompletableFuture<>();
        end = ended;
        System.setOut(screen);
        System.setErr(screen);
        Thread.ofPlatform().daemon().name("tool").start(() -> {
            try {
                tool.main(arguments.toArray(String[]::new));
                ended(ended, 0);
            } catch (Throwable e) {
                e.printStackTrace(screen);
                ended(ended, 1);
            }
        });
        return new Running(String.join(" ", arguments), said, ended);
    }

    /** A tool that was started. */
    private record Running(String command, ByteArrayOutputStream said, CompletableFuture<Integer> ended) {

        /** Waits for a word; only then may another tool start, since a tool looks for its screen when it begins. */
        void says(String word) throws Exception {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (!said.toString(StandardCharsets.UTF_8).contains(word)) {
                check(System.nanoTime() < deadline && !ended.isDone(), "never says " + word, outcome(-1));
                Thread.sleep(50);
            }
        }

        private Outcome outcome(int code) {
            return new Outcome(command, code, said.toString(StandardCharsets.UTF_8));
        }

        Outcome end() throws Exception {
            int code;
            try {
                code = ended.get(60, TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                code = -1;
            } finally {
                System.setOut(SHELL);
                System.setErr(SHELL);
            }
            return outcome(code);
        }
    }

    private static List<String> on(String... arguments) {
        return List.of(arguments);
    }

    private static List<String> with(List<String> first, String... more) {
        List<String> all = new ArrayList<>(first);
        all.addAll(List.of(more));
        return all;
    }

    private static void typing(List<String> lines) {
        byte[] bytes = lines.stream().collect(Collectors.joining("\n", "", "\n")).getBytes(StandardCharsets.UTF_8);
        System.setIn(new ByteArrayInputStream(bytes));
    }

    private static long sum(Outcome outcome, String pattern) {
        return Pattern.compile("^" + pattern + "$", Pattern.MULTILINE)
                .matcher(outcome.text())
                .results()
                .mapToLong(found -> Long.parseLong(found.group(1)))
                .sum();
    }

    private static void check(boolean holds, String flaw, Outcome outcome) {
        if (!holds) {
            SHELL.println("kafka-tools: " + flaw + "\n" + outcome.command() + "\n" + outcome.text());
            SHELL.flush();
            Runtime.getRuntime().halt(1);
        }
    }
}
