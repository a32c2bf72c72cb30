package io.barnabas.net.kafka;

import io.barnabas.net.kafka.TopicKey.NodeDefault;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.ValidList;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.ConfigDef.Validator;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.record.internal.CompressionType;

/**
 * The list of all topic settings: those of Kafka 4.3, with its names, defaults and ranges. Some only tell Kafka how to
 * go about its files; they are taken, because tools and frameworks set them, and their documentation says that they do
 * nothing.
 */
final class TopicKeys {

    private static final long MINUTE_MS = 60_000;
    private static final long HOUR_MS = 60 * MINUTE_MS;
    private static final String NO_EFFECT = "Taken for tools that set it; has no effect: ";
    private static final Validator ANY = (name, value) -> {};

    private static final Map<String, TopicKey> KEYS = new LinkedHashMap<>();

    static {
        batches();
        files();
        retention();
        compaction();
        timestamps();
        compression();
        withoutEffect();
        tieredStorage();
    }

    private TopicKeys() {}

    /** All keys by name, in the order of the documentation. */
    static Map<String, TopicKey> all() {
        return Collections.unmodifiableMap(KEYS);
    }

    private static void batches() {
        add(
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                Type.INT,
                "1048588",
                Range.atLeast(1),
                "The largest batch taken, in bytes, compressed as it is stored. At most the node's message.max.bytes.",
                same("message.max.bytes"));
        add(
                TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG,
                Type.INT,
                "1",
                Range.atLeast(1),
                "How many replicas must have a record before acks=all is answered. A majority must in any case.",
                same("min.insync.replicas"));
    }

    private static void files() {
        add(
                TopicConfig.SEGMENT_BYTES_CONFIG,
                Type.INT,
                "1073741824",
                Range.atLeast(1 << 20),
                "A segment file is rolled before it grows past this size.",
                same("log.segment.bytes"));
        add(
                TopicConfig.SEGMENT_MS_CONFIG,
                Type.LONG,
                "604800000",
                Range.atLeast(1),
                "A segment file is rolled when its first batch is older than this.",
                same("log.roll.ms"),
                new NodeDefault("log.roll.hours", HOUR_MS));
        add(
                TopicConfig.INDEX_INTERVAL_BYTES_CONFIG,
                Type.INT,
                "4096",
                Range.atLeast(0),
                "Bytes of log between two index entries.",
                same("log.index.interval.bytes"));
    }

    private static void retention() {
        add(
                TopicConfig.CLEANUP_POLICY_CONFIG,
                Type.LIST,
                "delete",
                ValidList.in(TopicConfig.CLEANUP_POLICY_COMPACT, TopicConfig.CLEANUP_POLICY_DELETE),
                "What becomes of old records. delete: segments go by retention.ms and retention.bytes. compact: the"
                        + " newest record of each key stays. Both: both. None: all is kept.",
                same("log.cleanup.policy"));
        add(
                TopicConfig.RETENTION_MS_CONFIG,
                Type.LONG,
                "604800000",
                Range.atLeast(-1),
                "Age in milliseconds of a segment's newest record after which the segment is deleted; -1 for never.",
                same("log.retention.ms"),
                new NodeDefault("log.retention.minutes", MINUTE_MS),
                new NodeDefault("log.retention.hours", HOUR_MS));
        add(
                TopicConfig.RETENTION_BYTES_CONFIG,
                Type.LONG,
                "-1",
                Range.atLeast(-1),
                "Size in bytes above which a partition's oldest segments are deleted; -1 for none.",
                same("log.retention.bytes"));
    }

    private static void compaction() {
        add(
                TopicConfig.DELETE_RETENTION_MS_CONFIG,
                Type.LONG,
                "86400000",
                Range.atLeast(0),
                "How long compaction keeps a record without a value, so that readers learn that its key is gone.",
                same("log.cleaner.delete.retention.ms"));
        add(
                TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG,
                Type.LONG,
                "0",
                Range.atLeast(0),
                "Age below which compaction leaves a record alone.",
                same("log.cleaner.min.compaction.lag.ms"));
        add(
                TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG,
                Type.LONG,
                Long.toString(Long.MAX_VALUE),
                Range.atLeast(1),
                "Age of a record at which its log is compacted however little there is to gain.",
                same("log.cleaner.max.compaction.lag.ms"));
        add(
                TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG,
                Type.DOUBLE,
                "0.5",
                TopicKeys::checkRatio,
                "Share of the log not compacted yet, from 0 to 1, at which compaction is worth its while.",
                same("log.cleaner.min.cleanable.ratio"));
    }

    private static void timestamps() {
        add(
                TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
                Type.STRING,
                "CreateTime",
                ValidString.in("CreateTime", "LogAppendTime"),
                "Whose timestamps records have: the producer's, or the time at which the leader took them.",
                same("log.message.timestamp.type"));
        add(
                TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG,
                Type.LONG,
                Long.toString(Long.MAX_VALUE),
                Range.atLeast(0),
                "How far a producer's timestamp may lie behind the leader's clock; of a compressed batch the first one"
                        + " is looked at.",
                same("log.message.timestamp.before.max.ms"));
        add(
                TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG,
                Type.LONG,
                "3600000",
                Range.atLeast(0),
                "How far a producer's timestamp may lie ahead of the leader's clock.",
                same("log.message.timestamp.after.max.ms"));
    }

    private static void compression() {
        add(
                TopicConfig.COMPRESSION_TYPE_CONFIG,
                Type.STRING,
                "producer",
                ValidString.in("uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"),
                "How batches are stored: as the producer compressed them, uncompressed, or with a codec.",
                same(TopicConfig.COMPRESSION_TYPE_CONFIG));
        level(TopicConfig.COMPRESSION_GZIP_LEVEL_CONFIG, CompressionType.GZIP);
        level(TopicConfig.COMPRESSION_LZ4_LEVEL_CONFIG, CompressionType.LZ4);
        level(TopicConfig.COMPRESSION_ZSTD_LEVEL_CONFIG, CompressionType.ZSTD);
    }

    private static void level(String name, CompressionType codec) {
        add(
                name,
                Type.INT,
                Integer.toString(codec.defaultLevel()),
                codec.levelValidator(),
                "How hard the node compresses when compression.type is " + codec.name + ".",
                same(name));
    }

    private static void withoutEffect() {
        String flush = NO_EFFECT + "log.flush of the node says when records are on disk.";
        add(
                TopicConfig.FLUSH_MESSAGES_INTERVAL_CONFIG,
                Type.LONG,
                Long.toString(Long.MAX_VALUE),
                Range.atLeast(1),
                flush);
        add(TopicConfig.FLUSH_MS_CONFIG, Type.LONG, Long.toString(Long.MAX_VALUE), Range.atLeast(0), flush);
        add(
                TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG,
                Type.BOOLEAN,
                "false",
                ANY,
                NO_EFFECT + "a leader is elected by a majority and has every acknowledged record.");
        add(
                TopicConfig.SEGMENT_JITTER_MS_CONFIG,
                Type.LONG,
                "0",
                Range.atLeast(0),
                NO_EFFECT + "segments are rolled by age as segment.ms says.");
        add(
                TopicConfig.SEGMENT_INDEX_BYTES_CONFIG,
                Type.INT,
                "10485760",
                Range.atLeast(4),
                NO_EFFECT + "all partitions share one index.");
        add(
                TopicConfig.FILE_DELETE_DELAY_MS_CONFIG,
                Type.LONG,
                "60000",
                Range.atLeast(0),
                NO_EFFECT + "files go as soon as nobody reads them.");
        add(
                TopicConfig.PREALLOCATE_CONFIG,
                Type.BOOLEAN,
                "false",
                ANY,
                NO_EFFECT + "how segment files grow is not a topic's choice.");
        String throttled = NO_EFFECT + "replicas are not throttled by topic.";
        add("leader.replication.throttled.replicas", Type.LIST, "", TopicKeys::checkReplicas, throttled);
        add("follower.replication.throttled.replicas", Type.LIST, "", TopicKeys::checkReplicas, throttled);
    }

    private static void tieredStorage() {
        String local = "Taken for tools that set it; has no effect: all records are stored on the nodes.";
        add(
                TopicConfig.REMOTE_LOG_STORAGE_ENABLE_CONFIG,
                Type.BOOLEAN,
                "false",
                TopicKeys::checkLocal,
                "Only false: there is no tiered storage.");
        add(TopicConfig.LOCAL_LOG_RETENTION_MS_CONFIG, Type.LONG, "-2", Range.atLeast(-2), local);
        add(TopicConfig.LOCAL_LOG_RETENTION_BYTES_CONFIG, Type.LONG, "-2", Range.atLeast(-2), local);
        add(TopicConfig.REMOTE_LOG_COPY_DISABLE_CONFIG, Type.BOOLEAN, "false", ANY, local);
        add(TopicConfig.REMOTE_LOG_DELETE_ON_DISABLE_CONFIG, Type.BOOLEAN, "false", ANY, local);
    }

    private static void checkRatio(String name, Object value) {
        double ratio = (Double) value;
        if (!(ratio >= 0 && ratio <= 1)) {
            throw new ConfigException(name, value, "Value must be from 0 to 1");
        }
    }

    private static void checkReplicas(String name, Object value) {
        List<?> items = (List<?>) value;
        if (!items.equals(List.of("*")) && !items.stream().allMatch(item -> ((String) item).matches("\\d+:\\d+"))) {
            throw new ConfigException(name, value, "Value must be *, or PARTITION:NODE with commas between");
        }
    }

    private static void checkLocal(String name, Object value) {
        if (value.equals(true)) {
            throw new ConfigException(name, value, "There is no tiered storage");
        }
    }

    private static NodeDefault same(String key) {
        return new NodeDefault(key, 1);
    }

    private static void add(
            String name,
            Type type,
            String defaultValue,
            Validator validator,
            String documentation,
            NodeDefault... nodeKeys) {
        KEYS.put(name, new TopicKey(name, type, defaultValue, validator, List.of(nodeKeys), documentation));
    }
}
