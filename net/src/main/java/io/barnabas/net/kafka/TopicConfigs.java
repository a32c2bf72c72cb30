package io.barnabas.net.kafka;

import io.barnabas.log.LogConfig;
import io.barnabas.net.kafka.TopicKey.NodeDefault;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;

/** What a topic's settings are: its own overrides, behind them the node's settings, behind them Kafka's defaults. */
public final class TopicConfigs {

    private static final String NODE_MAX_MESSAGE_BYTES = "message.max.bytes";

    private TopicConfigs() {}

    /** The names, in the order of the documentation. */
    public static List<String> names() {
        return List.copyOf(TopicKeys.all().keySet());
    }

    /** Whether a topic can override the setting of that name. */
    public static boolean isKnown(String name) {
        return TopicKeys.all().containsKey(name);
    }

    /** The default where neither topic nor node says anything. */
    public static String defaultValue(String name) {
        return key(name).defaultValue();
    }

    /** The setting's type. */
    public static Type type(String name) {
        return key(name).type();
    }

    /** What the setting does. */
    public static String documentation(String name) {
        return key(name).documentation();
    }

    /** The node keys that give the setting its default, the one that goes first first. */
    public static List<String> nodeKeys(String name) {
        return key(name).nodeKeys().stream().map(NodeDefault::key).toList();
    }

    private static TopicKey key(String name) {
        return TopicKeys.all().get(name);
    }

    /** The complaint about a name that is none of these. */
    public static String unknown(String name) {
        return "unknown topic config '" + name + "'; known are " + String.join(", ", names());
    }

    /**
     * What is wrong with overrides on a node of these settings, empty when nothing is.
     *
     * @param changed the overrides that are new
     * @param kept the other overrides of the topic
     * @param nodeSettings by key
     */
    public static Optional<String> flaw(
            Map<String, String> changed, Map<String, String> kept, Map<String, String> nodeSettings) {
        for (Map.Entry<String, String> override : changed.entrySet()) {
            if (!isKnown(override.getKey())) {
                return Optional.of(unknown(override.getKey()));
            }
            if (override.getValue() == null) {
                return Optional.of("topic config '" + override.getKey() + "' needs a value");
            }
            try {
                key(override.getKey()).check(override.getValue());
            } catch (ConfigException e) {
                return Optional.of(e.getMessage());
            }
        }
        Map<String, String> all = new HashMap<>(kept);
        all.putAll(changed);
        return tooLarge(changed, nodeSettings).or(() -> flawOf(resolve(all, nodeSettings)));
    }

    /** What is wrong with the overrides of a new topic. */
    public static Optional<String> flaw(Map<String, String> overrides, Map<String, String> nodeSettings) {
        return flaw(overrides, Map.of(), nodeSettings);
    }

    /** Raft carries batches up to the node's own limit, so that a topic can only lower it, other than in Kafka. */
    private static Optional<String> tooLarge(Map<String, String> changed, Map<String, String> nodeSettings) {
        String wanted = changed.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
        String limit = nodeSettings.get(NODE_MAX_MESSAGE_BYTES);
        if (wanted == null || limit == null || Long.parseLong(wanted.strip()) <= Long.parseLong(limit)) {
            return Optional.empty();
        }
        return Optional.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG + "=" + wanted + " is above " + NODE_MAX_MESSAGE_BYTES
                + "=" + limit + ", for which the nodes' buffers are made; raise that in every node.properties,"
                + " restart the nodes, then set this");
    }

    private static Optional<String> flawOf(LogConfig together) {
        LogConfig.Compaction compaction = together.compaction();
        return compaction.minLagMs() > compaction.maxLagMs()
                ? Optional.of(TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG + "=" + compaction.minLagMs() + " is above "
                        + TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG + "=" + compaction.maxLagMs()
                        + "; a record would have to be compacted before it may be")
                : Optional.empty();
    }

    /** A partition's settings. Values are taken as they were stored: what is allowed may have changed since. */
    public static LogConfig resolve(Map<String, String> overrides, Map<String, String> nodeSettings) {
        Values values = new Values(overrides, nodeSettings);
        List<?> policies = (List<?>) values.of(TopicConfig.CLEANUP_POLICY_CONFIG);
        return new LogConfig(
                values.integer(TopicConfig.MAX_MESSAGE_BYTES_CONFIG),
                values.integer(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG),
                new LogConfig.Segments(
                        values.integer(TopicConfig.SEGMENT_BYTES_CONFIG),
                        values.number(TopicConfig.SEGMENT_MS_CONFIG),
                        values.integer(TopicConfig.INDEX_INTERVAL_BYTES_CONFIG)),
                new LogConfig.Retention(
                        policies.contains(TopicConfig.CLEANUP_POLICY_DELETE),
                        values.number(TopicConfig.RETENTION_MS_CONFIG),
                        values.number(TopicConfig.RETENTION_BYTES_CONFIG)),
                new LogConfig.Compaction(
                        policies.contains(TopicConfig.CLEANUP_POLICY_COMPACT),
                        values.number(TopicConfig.DELETE_RETENTION_MS_CONFIG),
                        values.number(TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG),
                        values.number(TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG),
                        (Double) values.of(TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG)),
                new LogConfig.Timestamps(
                        values.of(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG).equals("LogAppendTime"),
                        values.number(TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG),
                        values.number(TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG)),
                new LogConfig.Compression(
                        (String) values.of(TopicConfig.COMPRESSION_TYPE_CONFIG),
                        values.integer(TopicConfig.COMPRESSION_GZIP_LEVEL_CONFIG),
                        values.integer(TopicConfig.COMPRESSION_LZ4_LEVEL_CONFIG),
                        values.integer(TopicConfig.COMPRESSION_ZSTD_LEVEL_CONFIG)));
    }

    /** The values that hold. */
    private record Values(Map<String, String> overrides, Map<String, String> nodeSettings) {

        Object of(String name) {
            TopicKey key = key(name);
            String override = overrides.get(name);
            return key.parse(override != null ? override : behind(key));
        }

        private String behind(TopicKey key) {
            for (NodeDefault nodeKey : key.nodeKeys()) {
                String value = nodeSettings.get(nodeKey.key());
                if (value != null) {
                    return nodeKey.convert(value);
                }
            }
            return key.defaultValue();
        }

        long number(String name) {
            return ((Number) of(name)).longValue();
        }

        int integer(String name) {
            return (Integer) of(name);
        }
    }

    /**
     * A value that a setting has or would have.
     *
     * @param key the topic key, or a node key that it falls back to
     * @param value the value there, in that key's unit
     * @param source where it is set
     */
    public record Source(String key, String value, ConfigSource source) {}

    /**
     * A setting as a topic has it.
     *
     * @param value the value that holds
     * @param source where that comes from
     * @param sources the same and those that it hides, each by its own key
     */
    public record Setting(String value, ConfigSource source, List<Source> sources) {}

    /** A setting of a topic with these overrides. */
    public static Setting setting(String name, Map<String, String> overrides, BrokerSettings settings) {
        TopicKey key = key(name);
        List<Source> sources = new ArrayList<>();
        List<String> values = new ArrayList<>();
        String override = overrides.get(name);
        if (override != null) {
            sources.add(new Source(name, override, ConfigSource.TOPIC_CONFIG));
            values.add(override);
        }
        for (NodeDefault nodeKey : key.nodeKeys()) {
            String explicit = settings.explicit().get(nodeKey.key());
            if (explicit != null) {
                sources.add(new Source(nodeKey.key(), explicit, ConfigSource.STATIC_BROKER_CONFIG));
                values.add(nodeKey.convert(explicit));
            }
        }
        for (NodeDefault nodeKey : key.nodeKeys()) {
            Optional.ofNullable(settings.keys().get(nodeKey.key()))
                    .flatMap(BrokerSettings.Key::defaultValue)
                    .ifPresent(value -> {
                        sources.add(new Source(nodeKey.key(), value, ConfigSource.DEFAULT_CONFIG));
                        values.add(nodeKey.convert(value));
                    });
        }
        if (sources.isEmpty()) {
            sources.add(new Source(name, key.defaultValue(), ConfigSource.DEFAULT_CONFIG));
            values.add(key.defaultValue());
        }
        return new Setting(values.getFirst(), sources.getFirst().source(), List.copyOf(sources));
    }
}
