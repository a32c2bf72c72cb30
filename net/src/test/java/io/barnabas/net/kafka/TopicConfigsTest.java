package io.barnabas.net.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.log.LogConfig;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicConfigsTest {

    @Test
    void defaultsAreKafkas() {
        assertThat(TopicConfigs.names())
                .extracting(name -> name + "=" + TopicConfigs.defaultValue(name))
                .containsExactly(
                        "max.message.bytes=1048588",
                        "min.insync.replicas=1",
                        "segment.bytes=1073741824",
                        "segment.ms=604800000",
                        "index.interval.bytes=4096",
                        "cleanup.policy=delete",
                        "retention.ms=604800000",
                        "retention.bytes=-1",
                        "delete.retention.ms=86400000",
                        "min.compaction.lag.ms=0",
                        "max.compaction.lag.ms=9223372036854775807",
                        "min.cleanable.dirty.ratio=0.5",
                        "message.timestamp.type=CreateTime",
                        "message.timestamp.before.max.ms=9223372036854775807",
                        "message.timestamp.after.max.ms=3600000",
                        "compression.type=producer",
                        "compression.gzip.level=-1",
                        "compression.lz4.level=9",
                        "compression.zstd.level=3",
                        "flush.messages=9223372036854775807",
                        "flush.ms=9223372036854775807",
                        "unclean.leader.election.enable=false",
                        "segment.jitter.ms=0",
                        "segment.index.bytes=10485760",
                        "file.delete.delay.ms=60000",
                        "preallocate=false",
                        "leader.replication.throttled.replicas=",
                        "follower.replication.throttled.replicas=",
                        "remote.storage.enable=false",
                        "local.retention.ms=-2",
                        "local.retention.bytes=-2",
                        "remote.log.copy.disable=false",
                        "remote.log.delete.on.disable=false");
        assertThat(TopicConfigs.resolve(Map.of(), Map.of())).isEqualTo(LogConfig.DEFAULT);
        assertThat(TopicConfigs.names())
                .allSatisfy(name -> assertThat(
                                TopicConfigs.flaw(Map.of(name, TopicConfigs.defaultValue(name)), Map.of()))
                        .isEmpty());
    }

    /** Kafka deprecated the one that is missing; nothing is stored in another format here. */
    @Test
    void everySettingOfKafkasClientsIsThere() throws IllegalAccessException {
        List<String> kafkas = Arrays.stream(TopicConfig.class.getFields())
                .filter(field -> Modifier.isStatic(field.getModifiers())
                        && field.getName().endsWith("_CONFIG"))
                .map(TopicConfigsTest::constant)
                .filter(name -> !name.equals("message.downconversion.enable"))
                .toList();
        assertThat(kafkas).hasSizeGreaterThan(25);
        assertThat(TopicConfigs.names()).containsAll(kafkas);
    }

    private static String constant(java.lang.reflect.Field field) {
        try {
            return (String) field.get(null);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void theManualListsEverySetting() throws IOException {
        String manual = Files.readString(Path.of("../docs/operations.md"));
        assertThat(TopicConfigs.names()).allSatisfy(name -> {
            String behind = TopicConfigs.nodeKeys(name).isEmpty()
                    ? ""
                    : "`" + String.join("`, `", TopicConfigs.nodeKeys(name)) + "`";
            String value = TopicConfigs.defaultValue(name);
            assertThat(manual)
                    .contains("| `" + name + "` | " + (value.isEmpty() ? "none" : "`" + value + "`") + " | " + behind
                            + " | " + TopicConfigs.documentation(name) + " |");
        });
    }

    @Test
    void aTopicGoesBeforeItsNodeAndTheNodeBeforeTheDefault() {
        LogConfig resolved = TopicConfigs.resolve(
                Map.of("segment.bytes", "1048576", "max.message.bytes", "5000"),
                Map.of("log.segment.bytes", "2097152", "log.roll.ms", "60000", "node.id", "1"));
        assertThat(resolved)
                .isEqualTo(
                        LogConfig.DEFAULT.withMaxMessageBytes(5000).with(new LogConfig.Segments(1048576, 60000, 4096)));
    }

    @Test
    void everySettingReachesTheLog() {
        Map<String, String> overrides = new HashMap<>(Map.of(
                "max.message.bytes", "1",
                "min.insync.replicas", "2",
                "segment.bytes", "1048577",
                "segment.ms", "3",
                "index.interval.bytes", "4",
                "cleanup.policy", "compact,delete",
                "retention.ms", "5",
                "retention.bytes", "6",
                "delete.retention.ms", "7",
                "min.compaction.lag.ms", "8"));
        overrides.putAll(Map.of(
                "max.compaction.lag.ms", "9",
                "min.cleanable.dirty.ratio", "0.25",
                "message.timestamp.type", "LogAppendTime",
                "message.timestamp.before.max.ms", "10",
                "message.timestamp.after.max.ms", "11",
                "compression.type", "zstd",
                "compression.gzip.level", "1",
                "compression.lz4.level", "2",
                "compression.zstd.level", "-3"));
        assertThat(TopicConfigs.flaw(overrides, Map.of())).isEmpty();
        assertThat(TopicConfigs.resolve(overrides, Map.of()))
                .isEqualTo(new LogConfig(
                        1,
                        2,
                        new LogConfig.Segments(1048577, 3, 4),
                        new LogConfig.Retention(true, 5, 6),
                        new LogConfig.Compaction(true, 7, 8, 9, 0.25),
                        new LogConfig.Timestamps(true, 10, 11),
                        new LogConfig.Compression("zstd", 1, 2, -3)));
    }

    @ParameterizedTest
    @CsvSource({
        "delete, true, false",
        "compact, false, true",
        "'delete, compact', true, true",
        "'compact,delete', true, true",
        "'', false, false"
    })
    void policiesAreAList(String policies, boolean deletes, boolean compacts) {
        assertThat(TopicConfigs.flaw(Map.of("cleanup.policy", policies), Map.of()))
                .isEmpty();
        LogConfig resolved = TopicConfigs.resolve(Map.of("cleanup.policy", policies), Map.of());
        assertThat(resolved.retention().enabled()).isEqualTo(deletes);
        assertThat(resolved.compaction().enabled()).isEqualTo(compacts);
    }

    @ParameterizedTest
    @CsvSource({
        "log.retention.ms=1000 log.retention.minutes=5 log.retention.hours=7, 1000",
        "log.retention.minutes=5 log.retention.hours=7, 300000",
        "log.retention.hours=7, 25200000",
        "log.retention.hours=-1, -1",
        "log.retention.minutes=-1 log.retention.hours=168, -1",
        "node.id=1, 604800000"
    })
    void theFinerUnitOfANodeGoesFirst(String node, long retentionMs) {
        assertThat(TopicConfigs.resolve(Map.of(), settings(node)).retention().ms())
                .isEqualTo(retentionMs);
    }

    private static Map<String, String> settings(String text) {
        Map<String, String> settings = new HashMap<>();
        for (String setting : text.split(" ")) {
            settings.put(setting.split("=")[0], setting.split("=")[1]);
        }
        return settings;
    }

    @ParameterizedTest
    @CsvSource({
        "max.message.bytes, 0",
        "max.message.bytes, 99999999999",
        "segment.bytes, 1048575",
        "segment.ms, 0",
        "segment.ms, soon",
        "min.insync.replicas, 0",
        "compression.type, brotli",
        "compression.gzip.level, 0",
        "compression.gzip.level, 10",
        "compression.lz4.level, 18",
        "compression.zstd.level, 23",
        "cleanup.policy, shred",
        "cleanup.policy, 'delete,delete'",
        "message.timestamp.type, NoTime",
        "message.timestamp.after.max.ms, -1",
        "retention.ms, -2",
        "retention.bytes, -2",
        "max.compaction.lag.ms, 0",
        "min.cleanable.dirty.ratio, 1.1",
        "min.cleanable.dirty.ratio, NaN",
        "preallocate, maybe",
        "remote.storage.enable, true",
        "leader.replication.throttled.replicas, all",
    })
    void refusesTheRestAndNamesTheKey(String key, String value) {
        assertThat(TopicConfigs.flaw(Map.of(key, value), Map.of()))
                .hasValueSatisfying(flaw -> assertThat(flaw).contains(key));
    }

    @ParameterizedTest
    @ValueSource(strings = {"flux.capacity", "log.segment.bytes", "message.format.version", ""})
    void refusesKeysThatAreNone(String key) {
        assertThat(TopicConfigs.flaw(Map.of(key, "1"), Map.of()))
                .hasValueSatisfying(flaw -> assertThat(flaw).contains("'" + key + "'", "segment.bytes"));
    }

    /** What Kafka Streams, Connect, Schema Registry and Debezium give to topics of their own. */
    static Stream<Map<String, String>> topicsOfFrameworks() {
        return Stream.of(
                Map.of("cleanup.policy", "compact", "message.timestamp.type", "CreateTime"),
                Map.of(
                        "cleanup.policy", "compact,delete",
                        "retention.ms", "172800000",
                        "segment.bytes", "52428800"),
                Map.of("cleanup.policy", "compact", "min.compaction.lag.ms", "90000000", "segment.bytes", "52428800"),
                Map.of("cleanup.policy", "delete", "retention.ms", "-1", "segment.bytes", "52428800"),
                Map.of(
                        "cleanup.policy",
                        "compact",
                        "min.insync.replicas",
                        "1",
                        "unclean.leader.election.enable",
                        "false"),
                Map.of("cleanup.policy", "compact"),
                Map.of("cleanup.policy", "delete", "retention.ms", "9223372036854775807", "retention.bytes", "-1"),
                Map.of(
                        "cleanup.policy", "compact",
                        "compression.type", "lz4",
                        "delete.retention.ms", "2592000000",
                        "file.delete.delay.ms", "60000",
                        "max.compaction.lag.ms", "9223372036854775807",
                        "flush.ms", "1000",
                        "preallocate", "true"));
    }

    @ParameterizedTest
    @MethodSource("topicsOfFrameworks")
    void takesWhatFrameworksAskFor(Map<String, String> configs) {
        assertThat(TopicConfigs.flaw(configs, Map.of("message.max.bytes", "1048588")))
                .isEmpty();
    }

    @Test
    void aTopicMayLowerTheNodesLargestBatchButNotRaiseIt() {
        Map<String, String> node = Map.of("message.max.bytes", "5000");
        assertThat(TopicConfigs.flaw(Map.of("max.message.bytes", "5000"), node)).isEmpty();
        assertThat(TopicConfigs.flaw(Map.of("max.message.bytes", "5001"), node))
                .hasValueSatisfying(flaw -> assertThat(flaw).contains("message.max.bytes=5000", "node.properties"));
    }

    @Test
    void lagsOfCompactionMustGoTogether() {
        Map<String, String> low = Map.of("max.compaction.lag.ms", "10");
        Map<String, String> high = Map.of("min.compaction.lag.ms", "11");
        assertThat(TopicConfigs.flaw(low, high, Map.of()))
                .hasValueSatisfying(
                        flaw -> assertThat(flaw).contains("min.compaction.lag.ms=11", "max.compaction.lag.ms=10"));
        assertThat(TopicConfigs.flaw(low, Map.of("log.cleaner.min.compaction.lag.ms", "11")))
                .isPresent();
        assertThat(TopicConfigs.flaw(low, Map.of("min.compaction.lag.ms", "10"), Map.of()))
                .isEmpty();
    }

    @Test
    void aValueIsShownWithAllThatItHides() {
        BrokerSettings settings = settings(
                Map.of("log.retention.hours", "48", "log.retention.minutes", "90"),
                Map.of("log.retention.ms", "", "log.retention.minutes", "", "log.retention.hours", "168"));
        assertThat(TopicConfigs.setting("retention.ms", Map.of("retention.ms", "7"), settings))
                .isEqualTo(new TopicConfigs.Setting(
                        "7",
                        ConfigSource.TOPIC_CONFIG,
                        List.of(
                                new TopicConfigs.Source("retention.ms", "7", ConfigSource.TOPIC_CONFIG),
                                new TopicConfigs.Source(
                                        "log.retention.minutes", "90", ConfigSource.STATIC_BROKER_CONFIG),
                                new TopicConfigs.Source("log.retention.hours", "48", ConfigSource.STATIC_BROKER_CONFIG),
                                new TopicConfigs.Source("log.retention.hours", "168", ConfigSource.DEFAULT_CONFIG))));
        TopicConfigs.Setting nodes = TopicConfigs.setting("retention.ms", Map.of(), settings);
        assertThat(nodes.value()).isEqualTo("5400000");
        assertThat(nodes.source()).isEqualTo(ConfigSource.STATIC_BROKER_CONFIG);
    }

    @Test
    void aValueThatNobodySetIsTheDefault() {
        TopicConfigs.Setting hours =
                TopicConfigs.setting("segment.ms", Map.of(), settings(Map.of(), Map.of("log.roll.hours", "168")));
        assertThat(hours)
                .isEqualTo(new TopicConfigs.Setting(
                        "604800000",
                        ConfigSource.DEFAULT_CONFIG,
                        List.of(new TopicConfigs.Source("log.roll.hours", "168", ConfigSource.DEFAULT_CONFIG))));
        assertThat(TopicConfigs.setting("preallocate", Map.of(), settings(Map.of(), Map.of()))
                        .sources())
                .containsExactly(new TopicConfigs.Source("preallocate", "false", ConfigSource.DEFAULT_CONFIG));
    }

    private static BrokerSettings settings(Map<String, String> explicit, Map<String, String> defaults) {
        Map<String, BrokerSettings.Key> keys = new HashMap<>();
        defaults.forEach((name, value) -> keys.put(
                name,
                new BrokerSettings.Key(
                        ConfigDef.Type.LONG, Optional.of(value).filter(text -> !text.isEmpty()), "What it does.")));
        return new BrokerSettings(true, 1, 1, 1024, 1024, 1, explicit, explicit, keys);
    }
}
