package io.barnabas.net.kafka;

import io.barnabas.log.LogConfig;
import java.util.ArrayList;
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
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;

/** The topic settings that can be overridden, with the node setting that each falls back to. */
public final class TopicConfigs {

    /** One overridable setting and the node key that gives its default, by Kafka's names. */
    private record Key(String name, Optional<String> nodeKey) {}

    private static final String NODE_MAX_MESSAGE_BYTES = "message.max.bytes";
    private static final ConfigDef DEFINITION = new ConfigDef();
    private static final Map<String, Key> KEYS = new LinkedHashMap<>();

    static {
        define(
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                NODE_MAX_MESSAGE_BYTES,
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
                604_800_000L,
                Range.atLeast(-1),
                "Age in milliseconds of a segment's newest record after which the segment is deleted; -1 for never.");
        define(
                TopicConfig.RETENTION_BYTES_CONFIG,
                null,
                Type.LONG,
                -1L,
                Range.atLeast(-1),
                "Size in bytes above which a partition's oldest segments are deleted; -1 for none.");
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

    /** What is wrong with overrides on a node of these settings, empty when nothing is. */
    public static Optional<String> flaw(Map<String, String> overrides, Map<String, String> nodeSettings) {
        for (Map.Entry<String, String> override : overrides.entrySet()) {
            if (!KEYS.containsKey(override.getKey())) {
                return Optional.of(unknown(override.getKey()));
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
        return tooLarge(overrides, nodeSettings);
    }

    /** Raft carries batches up to the node's own limit, so that a topic can only lower it, other than in Kafka. */
    private static Optional<String> tooLarge(Map<String, String> overrides, Map<String, String> nodeSettings) {
        String wanted = overrides.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
        String limit = nodeSettings.get(NODE_MAX_MESSAGE_BYTES);
        if (wanted == null || limit == null || Long.parseLong(wanted.strip()) <= Long.parseLong(limit)) {
            return Optional.empty();
        }
        return Optional.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG + "=" + wanted + " is above " + NODE_MAX_MESSAGE_BYTES
                + "=" + limit + "; raise that in every node.properties first");
    }

    private static Object parse(String name, String value) {
        ConfigDef.ConfigKey key = DEFINITION.configKeys().get(name);
        Object parsed = ConfigDef.parseType(name, value, key.type);
        key.validator.ensureValid(name, parsed);
        return parsed;
    }

    /** A partition's settings: the topic's override, else the node's setting, else the default. */
    public static LogConfig resolve(Map<String, String> overrides, Map<String, String> nodeSettings) {
        return LogConfig.DEFAULT
                .withMaxMessageBytes(number(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, overrides, nodeSettings)
                        .intValue())
                .with(new LogConfig.Segments(
                        number(TopicConfig.SEGMENT_BYTES_CONFIG, overrides, nodeSettings)
                                .intValue(),
                        number(TopicConfig.SEGMENT_MS_CONFIG, overrides, nodeSettings)
                                .longValue(),
                        number(TopicConfig.INDEX_INTERVAL_BYTES_CONFIG, overrides, nodeSettings)
                                .intValue()))
                .with(new LogConfig.Retention(
                        true,
                        number(TopicConfig.RETENTION_MS_CONFIG, overrides, nodeSettings)
                                .longValue(),
                        number(TopicConfig.RETENTION_BYTES_CONFIG, overrides, nodeSettings)
                                .longValue()));
    }

    private static Number number(String name, Map<String, String> overrides, Map<String, String> nodeSettings) {
        String value = overrides.get(name);
        if (value == null) {
            value = KEYS.get(name).nodeKey().map(nodeSettings::get).orElse(null);
        }
        return (Number) parse(name, value == null ? defaultValue(name) : value);
    }

    /**
     * A value that a setting has or would have.
     *
     * @param key the topic key, or the node key that it falls back to
     * @param value the value there
     * @param source where it is set
     */
    public record Source(String key, String value, ConfigSource source) {}

    /** Where the setting's value comes from: the one that holds first, then those it hides. */
    public static List<Source> sources(String name, Map<String, String> overrides, BrokerSettings settings) {
        List<Source> sources = new ArrayList<>();
        String override = overrides.get(name);
        if (override != null) {
            sources.add(new Source(name, override, ConfigSource.TOPIC_CONFIG));
        }
        String nodeKey = KEYS.get(name).nodeKey().orElse(name);
        String atNode = settings.effective().get(nodeKey);
        // Another value than the default was set as well, if under a coarser key: log.roll.hours for log.roll.ms.
        if (atNode != null && (settings.explicit().containsKey(nodeKey) || !atNode.equals(defaultValue(name)))) {
            sources.add(new Source(nodeKey, atNode, ConfigSource.STATIC_BROKER_CONFIG));
        }
        sources.add(new Source(nodeKey, defaultValue(name), ConfigSource.DEFAULT_CONFIG));
        return sources;
    }

    /** The complaint about a name that is none of these. */
    public static String unknown(String name) {
        return "unknown topic config '" + name + "'; known are " + String.join(", ", KEYS.keySet());
    }

    /** Whether a topic can override the setting of that name. */
    public static boolean isKnown(String name) {
        return KEYS.containsKey(name);
    }
}
