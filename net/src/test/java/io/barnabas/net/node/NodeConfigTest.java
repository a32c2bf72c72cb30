package io.barnabas.net.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.barnabas.log.FlushMode;
import io.barnabas.log.LogConfig;
import io.barnabas.metadata.rules.Endpoint;
import io.barnabas.net.kafka.TopicConfigs;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeConfigTest {

    private static final Path HOME = Path.of("/srv/barnabas");
    private static final Map<String, String> LEAST =
            Map.of("node.id", "1", "log.dirs", "data", "quorum.voters", "1@10.0.0.1:9192,2@10.0.0.2:9192");

    @Test
    void everyDefaultIsAsListed() {
        Map<String, String> defaults = new TreeMap<>();
        NodeKeys.all()
                .values()
                .forEach(key -> defaults.put(
                        key.name(),
                        key.required() ? "(required)" : key.defaultValue().orElse("(none)")));
        TopicDefaultKeys.all().forEach(key -> defaults.remove(key.name()));
        assertThat(defaults)
                .isEqualTo(new TreeMap<>(Map.ofEntries(
                        Map.entry("node.id", "(required)"),
                        Map.entry("broker.rack", "(none)"),
                        Map.entry("listeners", "PLAINTEXT://127.0.0.1:9092"),
                        Map.entry("advertised.listeners", "(none)"),
                        Map.entry("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT"),
                        Map.entry("log.dirs", "(none)"),
                        Map.entry("log.dir", "(none)"),
                        Map.entry("metadata.log.dir", "(none)"),
                        Map.entry("replica.catchup.bytes.per.second", "104857600"),
                        Map.entry("replica.alter.log.dirs.io.max.bytes.per.second", "9223372036854775807"),
                        Map.entry("num.partitions", "1"),
                        Map.entry("default.replication.factor", "1"),
                        Map.entry("auto.create.topics.enable", "true"),
                        Map.entry("message.max.bytes", "1048588"),
                        Map.entry("log.segment.bytes", "1073741824"),
                        Map.entry("log.roll.ms", "(none)"),
                        Map.entry("log.roll.hours", "168"),
                        Map.entry("log.index.interval.bytes", "4096"),
                        Map.entry("log.retention.check.interval.ms", "300000"),
                        Map.entry("log.scrub.bytes.per.second", "8388608"),
                        Map.entry("log.scrub.interval.hours", "168"),
                        Map.entry("log.cleaner.enable", "true"),
                        Map.entry("log.cleaner.backoff.ms", "15000"),
                        Map.entry("log.cleaner.dedupe.buffer.size", "134217728"),
                        Map.entry("log.cleaner.io.max.bytes.per.second", "1.7976931348623157E308"),
                        Map.entry("log.index.cache.bytes", "33554432"),
                        Map.entry("log.index.write.buffer.bytes", "8388608"),
                        Map.entry("log.index.rebuild.bytes.per.second", "67108864"),
                        Map.entry("auto.leader.rebalance.enable", "true"),
                        Map.entry("leader.imbalance.check.interval.seconds", "300"),
                        Map.entry("log.flush", "sync"),
                        Map.entry("log.flush.interval.ms", "1000"),
                        Map.entry("producer.id.expiration.ms", "86400000"),
                        Map.entry("group.min.session.timeout.ms", "6000"),
                        Map.entry("group.max.session.timeout.ms", "1800000"),
                        Map.entry("group.initial.rebalance.delay.ms", "3000"),
                        Map.entry("group.max.size", "2147483647"),
                        Map.entry("group.consumer.session.timeout.ms", "45000"),
                        Map.entry("group.consumer.heartbeat.interval.ms", "5000"),
                        Map.entry("group.consumer.max.size", "2147483647"),
                        Map.entry("group.consumer.regex.refresh.interval.ms", "600000"),
                        Map.entry("group.consumer.migration.policy", "bidirectional"),
                        Map.entry("offset.metadata.max.bytes", "4096"),
                        Map.entry("offsets.retention.minutes", "10080"),
                        Map.entry("offsets.retention.check.interval.ms", "600000"),
                        Map.entry("socket.request.max.bytes", "104857600"),
                        Map.entry("fetch.max.bytes", "57671680"),
                        Map.entry("max.incremental.fetch.session.cache.slots", "1000"),
                        Map.entry("max.connections", "10000"),
                        Map.entry("connections.max.idle.ms", "600000"),
                        Map.entry("num.network.threads", "3"),
                        Map.entry("quorum.voters", "(required)"),
                        Map.entry("raft.listener", "(none)"),
                        Map.entry("partition.awake.max", "(none)"),
                        Map.entry("partition.quiesce.ms", "300000"),
                        Map.entry("partition.raft.listener", "(none)"),
                        Map.entry("raft.ssl.certificate.chain.location", "(none)"),
                        Map.entry("raft.ssl.private.key.location", "(none)"),
                        Map.entry("raft.ssl.trust.certificates.location", "(none)"),
                        Map.entry("broker.heartbeat.interval.ms", "500"),
                        Map.entry("broker.session.timeout.ms", "3000"),
                        Map.entry("metadata.election.timeout.min.ms", "500"),
                        Map.entry("metadata.election.timeout.max.ms", "1000"),
                        Map.entry("partition.election.timeout.min.ms", "400"),
                        Map.entry("partition.election.timeout.max.ms", "800"))));
    }

    @Test
    void everyDefaultOfTopicsIsKafkas() {
        Set<String> shared = new HashSet<>();
        for (String topicKey : TopicConfigs.names()) {
            List<String> nodeKeys = TopicConfigs.nodeKeys(topicKey);
            assertThat(NodeKeys.all().keySet()).containsAll(nodeKeys);
            shared.addAll(nodeKeys);
            Map<String, String> own = new HashMap<>();
            nodeKeys.forEach(key -> NodeKeys.all().get(key).defaultValue().ifPresent(value -> own.put(key, value)));
            assertThat(TopicConfigs.resolve(Map.of(), own)).as(topicKey).isEqualTo(LogConfig.DEFAULT);
        }
        assertThat(TopicDefaultKeys.all()).allSatisfy(key -> assertThat(shared).contains(key.name()));
    }

    @Test
    void everyDefaultIsAllowedAndEveryKeyIsExplained() {
        assertThat(NodeKeys.all().values()).allSatisfy(key -> {
            assertThat(key.documentation()).endsWith(".");
            key.defaultValue()
                    .ifPresent(value -> assertThat(key.rule().accepts().test(value))
                            .as(key.name())
                            .isTrue());
        });
    }

    @Test
    void theLeastSettingsMakeAWholeConfiguration() throws Exception {
        NodeConfig config = NodeConfig.of(HOME, LEAST);
        assertThat(config.nodeId()).isEqualTo(1);
        assertThat(config.rack()).isEmpty();
        assertThat(config.isVoter()).isTrue();
        assertThat(config.logDirs()).containsExactly(Path.of("/srv/barnabas/data"));
        assertThat(config.metadataDir()).isEqualTo(Path.of("/srv/barnabas/data"));
        assertThat(config.listeners())
                .containsExactly(new ListenerAddress("PLAINTEXT", new HostPort("127.0.0.1", 9092)));
        assertThat(config.advertised()).containsExactly(new Endpoint("PLAINTEXT", "127.0.0.1", 9092));
        assertThat(config.raft().metadataListener()).isEqualTo(new HostPort("10.0.0.1", 9192));
        assertThat(config.raft().partitionListener()).isEqualTo(new HostPort("10.0.0.1", 9193));
        assertThat(config.raft().partitionAddress()).isEqualTo(new HostPort("10.0.0.1", 9193));
        assertThat(config.raft().partitionElection())
                .isEqualTo(new NodeConfig.ElectionTimeout(Duration.ofMillis(400), Duration.ofMillis(800)));
        assertThat(config.log().flush()).isEqualTo(FlushMode.SYNC);
        assertThat(config.broker().explicit()).isEqualTo(LEAST);
        assertThat(config.broker().effective())
                .containsEntry("log.roll.hours", "168")
                .containsEntry("num.partitions", "1");
    }

    @Test
    void aNodeBehindAWildcardTellsTheNamesItIsKnownBy() throws Exception {
        NodeConfig config = with(Map.of(
                "listeners", "PLAINTEXT://0.0.0.0:9092,INSIDE://[::1]:9093",
                "advertised.listeners", "INSIDE://[2001:db8::1]:9093, plaintext://node1.example:19092",
                "listener.security.protocol.map", "INSIDE:PLAINTEXT",
                "raft.listener", "0.0.0.0:9192"));
        assertThat(config.advertised())
                .containsExactlyInAnyOrder(
                        new Endpoint("INSIDE", "2001:db8::1", 9093), new Endpoint("PLAINTEXT", "node1.example", 19092));
        assertThat(config.raft().metadataListener()).isEqualTo(new HostPort("0.0.0.0", 9192));
        assertThat(config.raft().metadataAddress()).isEqualTo(new HostPort("10.0.0.1", 9192));
        assertThat(config.raft().partitionAddress()).isEqualTo(new HostPort("10.0.0.1", 9193));
    }

    @Test
    void aNodeThatDoesNotVoteFollows() throws Exception {
        NodeConfig config = with(Map.of("node.id", "3", "raft.listener", "10.0.0.3:9192"));
        assertThat(config.isVoter()).isFalse();
        assertThat(config.raft().metadataAddress()).isEqualTo(new HostPort("10.0.0.3", 9192));
    }

    @Test
    void logDirStandsInForLogDirs() throws Exception {
        Map<String, String> settings = new HashMap<>(LEAST);
        settings.remove("log.dirs");
        settings.put("log.dir", "/var/lib/barnabas");
        assertThat(NodeConfig.of(HOME, settings).logDirs()).containsExactly(Path.of("/var/lib/barnabas"));
    }

    @Test
    void theMetadataIsInTheFirstOfSeveralDirectoriesUnlessItIsSaidWhere() throws Exception {
        NodeConfig config = with(Map.of("log.dirs", "/a, b,/c"));
        assertThat(config.logDirs()).containsExactly(Path.of("/a"), HOME.resolve("b"), Path.of("/c"));
        assertThat(config.metadataDir()).isEqualTo(Path.of("/a"));
        assertThat(config.dataDirectories()).isEqualTo(config.logDirs());
        NodeConfig apart = with(Map.of("log.dirs", "/a,/b", "metadata.log.dir", "/m"));
        assertThat(apart.metadataDir()).isEqualTo(Path.of("/m"));
        assertThat(apart.dataDirectories()).containsExactly(Path.of("/m"), Path.of("/a"), Path.of("/b"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            node.id | -1 | a whole number from 0
            node.id | one | a whole number from 0
            log.dirs | /a,,/b | a directory
            log.dirs | /a,/b,/c/../a | may be named once
            log.dir | /a,/b | one directory
            metadata.log.dir | /a,/b | one directory
            listeners | 127.0.0.1:9092 | NAME://host:port
            listeners | PLAINTEXT://:9092 | NAME://host:port
            listeners | PLAINTEXT://127.0.0.1:0 | NAME://host:port
            listeners | PLAINTEXT://127.0.0.1:70000 | NAME://host:port
            listeners | PLAINTEXT://a:1,PLAINTEXT://b:2 | a name of its own
            listeners | SSL://127.0.0.1:9092 | only PLAINTEXT is served yet
            listeners | PLAINTEXT://0.0.0.0:9092 | set advertised.listeners
            advertised.listeners | OTHER://host:9092 | the names of listeners, each once: PLAINTEXT
            advertised.listeners | PLAINTEXT://0.0.0.0:9092 | NAME://host:port
            listener.security.protocol.map | SSL:SSL | NAME:PLAINTEXT
            num.partitions | 0 | a whole number from 1
            default.replication.factor | 40000 | a whole number from 1 to 32767
            auto.create.topics.enable | yes | true or false
            message.max.bytes | 300000000 | a whole number from 1 to 268435456
            message.max.bytes | 104857600 | less than socket.request.max.bytes=104857600
            log.segment.bytes | 1000 | a whole number of 1048576 or more
            log.segment.bytes | 3000000000 | at most 2147483647
            log.roll.ms | 0 | a whole number of 1 or more
            log.retention.ms | 0 | -1 for never, or a whole number of 1 or more
            log.retention.hours | soon | -1 for never
            log.cleanup.policy | delete,shred | delete, compact, both with a comma between, or nothing
            log.cleaner.min.cleanable.ratio | 2 | a number from 0 to 1
            log.message.timestamp.type | createtime | CreateTime or LogAppendTime
            compression.type | brotli | gzip or snappy
            compression.gzip.level | 0 | -1 or a whole number from 1 to 9
            log.cleaner.max.compaction.lag.ms | 0 | a whole number of 1 or more
            log.flush | never | sync or async
            connections.max.idle.ms | 10s | a whole number of 1 or more
            quorum.voters | node1:9192 | ID@host:port
            quorum.voters | 1@a:1,1@b:2 | an id of its own
            raft.listener | 9192 | host:port
            partition.raft.listener | 10.0.0.1:9192 | another port than
            partition.raft.listener | 10.0.0.1:0 | ports from 1 to 65535
            raft.ssl.private.key.location | node.key | all keys of raft.ssl or none
            broker.heartbeat.interval.ms | 5000 | at most half of broker.session.timeout.ms=3000
            metadata.election.timeout.min.ms | 1000 | less than metadata.election.timeout.max.ms=1000
            partition.election.timeout.min.ms | 800 | less than partition.election.timeout.max.ms=800
            """)
    void aWrongValueIsRefusedWithWhatIsAllowed(String key, String value, String allowed) {
        assertThatThrownBy(() -> with(Map.of(key, value)))
                .isInstanceOf(InvalidNodeConfigException.class)
                .hasMessageContaining(key)
                .hasMessageContaining(value)
                .hasMessageContaining(allowed);
    }

    @Test
    void defaultsOfTopicsMustGoTogether() {
        assertThatThrownBy(() -> with(
                        Map.of("log.cleaner.min.compaction.lag.ms", "10", "log.cleaner.max.compaction.lag.ms", "9")))
                .isInstanceOf(InvalidNodeConfigException.class)
                .hasMessageContaining("min.compaction.lag.ms=10")
                .hasMessageContaining("max.compaction.lag.ms=9");
    }

    @Test
    void anUnknownKeyIsRefusedWithKeysLikeIt() {
        assertThatThrownBy(() -> with(Map.of("log.segment.byte", "1048576")))
                .isInstanceOf(InvalidNodeConfigException.class)
                .hasMessageContaining("log.segment.byte=1048576")
                .hasMessageContaining("log.segment.bytes");
        assertThatThrownBy(() -> with(Map.of("zookeeper.connect", "localhost:2181")))
                .isInstanceOf(InvalidNodeConfigException.class)
                .hasMessageContaining("zookeeper.connect=localhost:2181")
                .hasMessageContaining("node.id");
    }

    @Test
    void allProblemsAreToldAtOnce() {
        InvalidNodeConfigException error = catchThrowableOfType(
                InvalidNodeConfigException.class,
                () -> NodeConfig.of(HOME, Map.of("num.partitions", "none", "log.flush", "maybe", "nonsense", "1")));
        assertThat(error.problems())
                .hasSize(6)
                .anyMatch(problem -> problem.startsWith("node.id is missing"))
                .anyMatch(problem -> problem.startsWith("quorum.voters is missing"))
                .anyMatch(problem -> problem.startsWith("log.dirs is missing"))
                .anyMatch(problem -> problem.startsWith("unknown key nonsense=1"));
    }

    @Test
    void aNodeThatFollowsMustSayWhereItListens() {
        assertThatThrownBy(() -> with(Map.of("node.id", "7"))).hasMessageContaining("raft.listener is missing");
        assertThatThrownBy(() -> with(Map.of("node.id", "7", "raft.listener", "0.0.0.0:9192")))
                .hasMessageContaining("the host that other nodes connect to");
    }

    @Test
    void aFileIsReadWithPathsThatBeginAtItsDirectory(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("node.properties");
        Files.writeString(file, "# a node\nnode.id = 1\nlog.dirs=data\nquorum.voters=1@127.0.0.1:9192\n");
        assertThat(NodeConfig.read(file).logDirs())
                .containsExactly(directory.toAbsolutePath().resolve("data"));
        assertThatThrownBy(() -> NodeConfig.read(directory.resolve("missing")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("there is no settings file");
    }

    @Test
    void theExampleThatShipsIsValidAndShowsTheTrueDefaults() throws Exception {
        Path file = Path.of("../conf/node.properties");
        assertThat(NodeConfig.read(file).nodeId()).isEqualTo(1);
        List<String> mentioned = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            String setting = line.startsWith("#") ? line.substring(1) : line;
            int equals = setting.indexOf('=');
            String key = equals < 0 ? "" : setting.substring(0, equals);
            if (NodeKeys.all().containsKey(key)) {
                mentioned.add(key);
                Optional<String> value = NodeKeys.all().get(key).defaultValue();
                value.ifPresent(text ->
                        assertThat(setting.substring(equals + 1)).as(key).isEqualTo(text));
            }
        }
        List<String> expected = new ArrayList<>(NodeKeys.all().keySet());
        expected.remove("log.dir");
        assertThat(mentioned).containsExactlyInAnyOrderElementsOf(expected);
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        assertThat(NodeKeys.all().keySet()).containsAll(properties.stringPropertyNames());
    }

    private static NodeConfig with(Map<String, String> changes) throws InvalidNodeConfigException {
        Map<String, String> settings = new HashMap<>(LEAST);
        settings.putAll(changes);
        return NodeConfig.of(HOME, settings);
    }
}
