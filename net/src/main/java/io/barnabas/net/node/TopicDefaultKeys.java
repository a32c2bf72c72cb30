package io.barnabas.net.node;

import static io.barnabas.net.node.NodeKeys.between;
import static io.barnabas.net.node.NodeKeys.oneOf;

import io.barnabas.net.node.NodeKey.Rule;
import io.barnabas.net.node.NodeKey.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The keys of {@code node.properties} that only give topics their defaults; all of them are Kafka's. */
final class TopicDefaultKeys {

    private TopicDefaultKeys() {}

    static List<NodeKey> all() {
        List<NodeKey> keys = new ArrayList<>();
        keys.addAll(retention());
        keys.addAll(compaction());
        keys.addAll(batches());
        return keys;
    }

    private static List<NodeKey> retention() {
        return List.of(
                key(
                        "log.cleanup.policy",
                        Type.LIST,
                        "delete",
                        policies(),
                        "What becomes of old records; a topic's cleanup.policy goes first."),
                unset(
                        "log.retention.ms",
                        Type.LONG,
                        unlimitedOr(Long.MAX_VALUE),
                        "Age of a segment's newest record after which it is deleted; a topic's retention.ms goes first."
                                + " Not set: log.retention.minutes."),
                unset(
                        "log.retention.minutes",
                        Type.INT,
                        unlimitedOr(Integer.MAX_VALUE),
                        "As log.retention.ms, in minutes. Not set: log.retention.hours."),
                key(
                        "log.retention.hours",
                        Type.INT,
                        "168",
                        unlimitedOr(Integer.MAX_VALUE),
                        "As log.retention.ms, in hours."),
                key(
                        "log.retention.bytes",
                        Type.LONG,
                        "-1",
                        between(-1, Long.MAX_VALUE),
                        "Size above which a partition's oldest segments are deleted, -1 for none; a topic's"
                                + " retention.bytes goes first."));
    }

    private static List<NodeKey> compaction() {
        return List.of(
                key(
                        "log.cleaner.delete.retention.ms",
                        Type.LONG,
                        "86400000",
                        between(0, Long.MAX_VALUE),
                        "How long compaction keeps records without a value; a topic's delete.retention.ms goes first."),
                key(
                        "log.cleaner.min.compaction.lag.ms",
                        Type.LONG,
                        "0",
                        between(0, Long.MAX_VALUE),
                        "Age below which compaction leaves a record alone; a topic's min.compaction.lag.ms goes"
                                + " first."),
                key(
                        "log.cleaner.max.compaction.lag.ms",
                        Type.LONG,
                        Long.toString(Long.MAX_VALUE),
                        between(1, Long.MAX_VALUE),
                        "Age of a record at which its log is compacted in any case; a topic's max.compaction.lag.ms"
                                + " goes first."),
                key(
                        "log.cleaner.min.cleanable.ratio",
                        Type.DOUBLE,
                        "0.5",
                        ratio(),
                        "Share of a log not compacted yet at which it is; a topic's min.cleanable.dirty.ratio goes"
                                + " first."));
    }

    private static List<NodeKey> batches() {
        return List.of(
                key(
                        "log.message.timestamp.type",
                        Type.STRING,
                        "CreateTime",
                        exactly("CreateTime", "LogAppendTime"),
                        "Whose timestamps records have; a topic's message.timestamp.type goes first."),
                key(
                        "log.message.timestamp.before.max.ms",
                        Type.LONG,
                        Long.toString(Long.MAX_VALUE),
                        between(0, Long.MAX_VALUE),
                        "How far a timestamp may lie behind the leader's clock; a topic's"
                                + " message.timestamp.before.max.ms goes first."),
                key(
                        "log.message.timestamp.after.max.ms",
                        Type.LONG,
                        "3600000",
                        between(0, Long.MAX_VALUE),
                        "How far a timestamp may lie ahead of the leader's clock; a topic's"
                                + " message.timestamp.after.max.ms goes first."),
                key(
                        "compression.type",
                        Type.STRING,
                        "producer",
                        exactly("producer", "uncompressed", "gzip", "snappy", "lz4", "zstd"),
                        "How batches are stored: as they come, uncompressed, or with a codec. A topic's own goes"
                                + " first, as with the levels and min.insync.replicas."),
                key(
                        "compression.gzip.level",
                        Type.INT,
                        "-1",
                        new Rule(
                                "-1 or a whole number from 1 to 9",
                                value -> value.equals("-1")
                                        || between(1, 9).accepts().test(value)),
                        "How hard the node compresses with gzip; -1 lets gzip choose."),
                key("compression.lz4.level", Type.INT, "9", between(1, 17), "How hard the node compresses with lz4."),
                key(
                        "compression.zstd.level",
                        Type.INT,
                        "3",
                        between(-131_072, 22),
                        "How hard the node compresses with zstd."),
                key(
                        "min.insync.replicas",
                        Type.INT,
                        "1",
                        between(1, Integer.MAX_VALUE),
                        "How many replicas must have a record before acks=all is answered; a majority must in any"
                                + " case."));
    }

    private static NodeKey key(String name, Type type, String value, Rule rule, String documentation) {
        return new NodeKey(name, type, false, Optional.of(value), rule, documentation);
    }

    private static NodeKey unset(String name, Type type, Rule rule, String documentation) {
        return new NodeKey(name, type, false, Optional.empty(), rule, documentation);
    }

    private static Rule unlimitedOr(long max) {
        Rule limited = between(1, max);
        return new Rule(
                "-1 for never, or " + limited.allowed(),
                value -> value.equals("-1") || limited.accepts().test(value));
    }

    private static Rule policies() {
        Rule policy = exactly("delete", "compact");
        return new Rule(
                "delete, compact, both with a comma between, or nothing",
                value -> value.isEmpty()
                        || Arrays.stream(value.split(",", -1))
                                .allMatch(item -> policy.accepts().test(item.strip())));
    }

    private static Rule exactly(String... values) {
        return new Rule(oneOf(values).allowed(), List.of(values)::contains);
    }

    private static Rule ratio() {
        return new Rule("a number from 0 to 1", value -> {
            try {
                double ratio = Double.parseDouble(value);
                return ratio >= 0 && ratio <= 1;
            } catch (NumberFormatException e) {
                return false;
            }
        });
    }
}
