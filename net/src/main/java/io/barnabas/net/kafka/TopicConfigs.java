package io.barnabas.net.kafka;

import io.barnabas.log.LogConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.ValidList;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.TopicConfig;

/** The topic settings that can be overridden, with the node setting that each falls back to. */
public final class TopicConfigs {

    /** One overridable setting and the node key that gives its default, by Kafka's names. */
    private record Key(String name, Optional<String> nodeKey) {}

    private static final ConfigDef DEFINITION = new ConfigDef();
    private static final Map<String, Key> KEYS = new LinkedHashMap<>();

    static {
        define(
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                "message.max.bytes",
                Type.INT,
                1_048_588,
                Range.atLeast(1),
                "The largest batch taken, in bytes.");
        define(
                TopicConfig.SEGMENT_BYTES_CONFIG,
                "log.segment.bytes",
                Type.INT,
                1 << 30,
                Range.atLeast(14),
                "A segment file is rolled before it grows past this.");
        define(
                TopicConfig.SEGMENT_MS_CONFIG,
                "log.roll.ms",
                Type.LONG,
                604_800_000L,
                Range.atLeast(1),
                "A segment file is rolled when its first batch is older than this.");
        define(
                TopicConfig.INDEX_INTERVAL_BYTES_CONFIG,
                "log.index.interval.bytes",
                Type.INT,
                4096,
                Range.atLeast(0),
                "Bytes of log between two index entries.");
        define(
                TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG,
                null,
                Type.INT,
                1,
                Range.atLeast(1),
                "Kept for tools; acks=all waits for a majority of the replicas whatever this says.");
        define(
                TopicConfig.COMPRESSION_TYPE_CONFIG,
                null,
                Type.STRING,
                "producer",
                ValidString.in("producer"),
                "Batches are kept as the producer compressed them.");
        define(
                TopicConfig.CLEANUP_POLICY_CONFIG,
                null,
                Type.LIST,
                "delete",
                ValidList.in("delete"),
                "What happens to old segments; compaction is not served yet.");
        define(
                TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
                null,
                Type.STRING,
                "CreateTime",
                ValidString.in("CreateTime"),
                "Whose time stamps count; the broker's are not served yet.");
        define(
                TopicConfig.RETENTION_MS_CONFIG,
                null,
                Type.LONG,
                -1L,
                Range.between(-1L, -1L),
                "Records are kept for good; retention is not served yet.");
        define(
                TopicConfig.RETENTION_BYTES_CONFIG,
                null,
                Type.LONG,
                -1L,
                Range.between(-1L, -1L),
                "Records are kept for good; retention is not served yet.");
    }

    private TopicConfigs() {}

    private static void define(
            String name, String nodeKey, Type type, Object value, ConfigDef.Validator validator, String text) {
        DEFINITION.define(name, type, value, validator, Importance.MEDIUM, text);
        KEYS.put(name, new Key(name, Optional.ofNullable(nodeKey)));
    }

    /** The names, in the order of the documentation. */
    public static List<String> names() {
        return List.copyOf(KEYS.keySet());
    }

    /** The node key that gives the setting's default, when one does. */
    public static Optional<String> nodeKey(String name) {
        return KEYS.get(name).nodeKey();
    }

    /** The default where neither topic nor node says anything. */
    public static String defaultValue(String name) {
        ConfigDef.ConfigKey key = DEFINITION.configKeys().get(name);
        return ConfigDef.convertToString(key.defaultValue, key.type);
    }

    /** The setting's type. */
    public static Type type(String name) {
        return DEFINITION.configKeys().get(name).type;
    }

    /** What the setting does. */
    public static String documentation(String name) {
        return DEFINITION.configKeys().get(name).documentation;
    }

    /** What is wrong with overrides, empty when nothing is. */
    public static Optional<String> flaw(Map<String, String> overrides) {
        for (Map.Entry<String, String> override : overrides.entrySet()) {
            if (!KEYS.containsKey(override.getKey())) {
                return Optional.of("unknown topic config '" + override.getKey() + "'; known are "
                        + String.join(", ", KEYS.keySet()));
            }
            if (override.getValue() == null) {
                return Optional.of("topic config '" + override.getKey() + "' needs a value");
            }
            try {
                parse(override.getKey(), override.getValue());
            } catch (ConfigException e) {
                return Optional.of(e.getMessage());
            }
        }
        return Optional.empty();
    }

    private static Object parse(String name, String value) {
        ConfigDef.ConfigKey key = DEFINITION.configKeys().get(name);
        Object parsed = ConfigDef.parseType(name, value, key.type);
        key.validator.ensureValid(name, parsed);
        return parsed;
    }

    /** A partition's settings: the topic's override, else the node's setting, else the default. */
    public static LogConfig resolve(Map<String, String> overrides, Map<String, String> nodeSettings) {
        return new LogConfig(
                number(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, overrides, nodeSettings)
                        .intValue(),
                number(TopicConfig.SEGMENT_BYTES_CONFIG, overrides, nodeSettings)
                        .intValue(),
                number(TopicConfig.SEGMENT_MS_CONFIG, overrides, nodeSettings).longValue(),
                number(TopicConfig.INDEX_INTERVAL_BYTES_CONFIG, overrides, nodeSettings)
                        .intValue());
    }

    private static Number number(String name, Map<String, String> overrides, Map<String, String> nodeSettings) {
        String value = overrides.get(name);
        if (value == null) {
            value = KEYS.get(name).nodeKey().map(nodeSettings::get).orElse(null);
        }
        return (Number) parse(name, value == null ? defaultValue(name) : value);
    }

    /** The value where the topic has no override: the node's setting, else the default. */
    public static String fallback(String name, BrokerSettings settings) {
        return KEYS.get(name).nodeKey().map(settings.effective()::get).orElseGet(() -> defaultValue(name));
    }
}
