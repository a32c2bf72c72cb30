package io.barnabas.net.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.log.LogConfig;
import java.util.Map;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicConfigsTest {

    @Test
    void defaultsAreKafkasButForRetentionWhichIsNotServed() {
        assertThat(TopicConfigs.names())
                .extracting(name -> name + "=" + TopicConfigs.defaultValue(name))
                .containsExactly(
                        "max.message.bytes=1048588",
                        "segment.bytes=1073741824",
                        "segment.ms=604800000",
                        "index.interval.bytes=4096",
                        "min.insync.replicas=1",
                        "compression.type=producer",
                        "cleanup.policy=delete",
                        "message.timestamp.type=CreateTime",
                        "retention.ms=604800000",
                        "retention.bytes=-1");
        assertThat(TopicConfigs.resolve(Map.of(), Map.of())).isEqualTo(LogConfig.DEFAULT);
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

    @ParameterizedTest
    @CsvSource({
        "max.message.bytes, 1",
        "segment.bytes, 1048576",
        "segment.ms, 1",
        "index.interval.bytes, 0",
        "min.insync.replicas, 2",
        "compression.type, producer",
        "cleanup.policy, delete",
        "message.timestamp.type, CreateTime",
        "retention.ms, 604800000",
        "retention.ms, -1",
        "retention.bytes, 0",
    })
    void takesWhatItCanHonourOrSaysItDoesNot(String key, String value) {
        assertThat(TopicConfigs.flaw(Map.of(key, value), Map.of())).isEmpty();
        assertThat(TopicConfigs.documentation(key)).isNotBlank();
    }

    @ParameterizedTest
    @CsvSource({
        "max.message.bytes, 0",
        "max.message.bytes, 99999999999",
        "segment.bytes, 13",
        "segment.ms, 0",
        "segment.ms, soon",
        "min.insync.replicas, 0",
        "compression.type, zstd",
        "cleanup.policy, compact",
        "cleanup.policy, 'delete,compact'",
        "message.timestamp.type, LogAppendTime",
        "retention.ms, -2",
        "retention.bytes, -2",
    })
    void refusesTheRestAndNamesTheKey(String key, String value) {
        assertThat(TopicConfigs.flaw(Map.of(key, value), Map.of()))
                .hasValueSatisfying(flaw -> assertThat(flaw).contains(key));
    }

    @ParameterizedTest
    @ValueSource(strings = {"flux.capacity", "log.segment.bytes", ""})
    void refusesKeysThatAreNone(String key) {
        assertThat(TopicConfigs.flaw(Map.of(key, "1"), Map.of()))
                .hasValueSatisfying(flaw -> assertThat(flaw).contains("'" + key + "'", "segment.bytes"));
    }

    @Test
    void aTopicMayLowerTheNodesLargestBatchButNotRaiseIt() {
        Map<String, String> node = Map.of("message.max.bytes", "5000");
        assertThat(TopicConfigs.flaw(Map.of("max.message.bytes", "5000"), node)).isEmpty();
        assertThat(TopicConfigs.flaw(Map.of("max.message.bytes", "5001"), node))
                .hasValueSatisfying(flaw -> assertThat(flaw).contains("message.max.bytes=5000", "node.properties"));
    }

    @Test
    void aNodesValueSetUnderACoarserKeyIsNoDefault() {
        BrokerSettings settings = settings(Map.of("log.roll.ms", "3600000"), Map.of("log.roll.hours", "1"));
        assertThat(TopicConfigs.sources("segment.ms", Map.of(), settings))
                .containsExactly(
                        new TopicConfigs.Source("log.roll.ms", "3600000", ConfigSource.STATIC_BROKER_CONFIG),
                        new TopicConfigs.Source("log.roll.ms", "604800000", ConfigSource.DEFAULT_CONFIG));
    }

    @Test
    void aValueThatNobodySetIsTheDefault() {
        BrokerSettings settings = settings(Map.of("log.roll.ms", "604800000"), Map.of());
        assertThat(TopicConfigs.sources("segment.ms", Map.of(), settings))
                .containsExactly(new TopicConfigs.Source("log.roll.ms", "604800000", ConfigSource.DEFAULT_CONFIG));
    }

    private static BrokerSettings settings(Map<String, String> effective, Map<String, String> explicit) {
        return new BrokerSettings(true, 1, 1, 1024, 1024, 1, effective, explicit, Map.of());
    }
}
