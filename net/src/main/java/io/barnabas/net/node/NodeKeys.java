package io.barnabas.net.node;

import io.barnabas.net.node.NodeKey.Rule;
import io.barnabas.net.node.NodeKey.Type;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The list of all keys of {@code node.properties}. A key that Kafka has too means the same here; defaults are Kafka's
 * unless the documentation says otherwise.
 */
public final class NodeKeys {

    private static final Map<String, NodeKey> KEYS = new LinkedHashMap<>();

    /** Largest batch that the Raft transport carries; bounds {@code message.max.bytes}. */
    private static final int MAX_MESSAGE_BYTES = 256 << 20;

    private static final int DAY_MS = 86_400_000;

    public static final NodeKey NODE_ID = required(
            "node.id",
            Type.INT,
            between(0, 999_999_999),
            "The node's number, unique in the cluster and never given to another node.");
    public static final NodeKey BROKER_RACK = optional(
            "broker.rack",
            Type.STRING,
            text(),
            "Where the node stands; replicas of a partition are spread over racks.");
    public static final NodeKey LISTENERS = withDefault(
            "listeners",
            Type.LIST,
            "PLAINTEXT://127.0.0.1:9092",
            listOf(
                    "NAME://host:port",
                    item -> ListenerAddress.parse(item)
                            .filter(listener -> listener.address().port() > 0)
                            .isPresent()),
            "Where Kafka clients connect, one or more. Host 0.0.0.0 binds every interface and needs"
                    + " advertised.listeners. The default serves this machine only.");
    public static final NodeKey ADVERTISED_LISTENERS = optional(
            "advertised.listeners",
            Type.LIST,
            listOf(
                    "NAME://host:port",
                    item -> ListenerAddress.parse(item)
                            .filter(listener -> !listener.address().isWildcard()
                                    && listener.address().port() > 0)
                            .isPresent()),
            "What clients are told to connect to, for the same names as listeners. Not set: the listeners themselves.");
    public static final NodeKey LISTENER_SECURITY_PROTOCOL_MAP = withDefault(
            "listener.security.protocol.map",
            Type.LIST,
            "PLAINTEXT:PLAINTEXT",
            listOf(
                    "NAME:PLAINTEXT (no other protocol is served yet)",
                    item -> item.matches("[A-Za-z][\\w-]*:PLAINTEXT")),
            "The protocol of each listener name. A name that is missing here must be PLAINTEXT itself.");
    public static final NodeKey LOG_DIRS = optional(
            "log.dirs",
            Type.LIST,
            listOf("a directory", item -> !item.isEmpty()),
            "The data directories, over which the partitions' replicas are spread, best each on a disk of its own;"
                    + " relative paths begin at the directory of the settings file. One of log.dirs and log.dir is"
                    + " required.");
    public static final NodeKey LOG_DIR = optional(
            "log.dir",
            Type.STRING,
            new Rule("one directory", value -> !value.isEmpty() && value.indexOf(',') < 0),
            "The data directory, when log.dirs is not set.");
    public static final NodeKey METADATA_LOG_DIR = optional(
            "metadata.log.dir",
            Type.STRING,
            new Rule("one directory", value -> !value.isEmpty() && value.indexOf(',') < 0),
            "The directory of the metadata quorum's storage, one of log.dirs or another. Not set: the first of"
                    + " log.dirs. The node stops when this one fails.");
    public static final NodeKey REPLICA_ALTER_LOG_DIRS_IO_MAX_BYTES_PER_SECOND = withDefault(
            "replica.alter.log.dirs.io.max.bytes.per.second",
            Type.LONG,
            Long.toString(Long.MAX_VALUE),
            between(1, Long.MAX_VALUE),
            "How fast a replica is copied when it moves to another of log.dirs.");
    public static final NodeKey NUM_PARTITIONS = withDefault(
            "num.partitions",
            Type.INT,
            "1",
            between(1, 10_000),
            "Partitions of a topic that is created without saying how many.");
    public static final NodeKey DEFAULT_REPLICATION_FACTOR = withDefault(
            "default.replication.factor",
            Type.INT,
            "1",
            between(1, Short.MAX_VALUE),
            "Replicas of each partition of a topic that is created without saying how many.");
    public static final NodeKey AUTO_CREATE_TOPICS_ENABLE = withDefault(
            "auto.create.topics.enable",
            Type.BOOLEAN,
            "true",
            bool(),
            "Whether asking for the metadata of an unknown topic creates it, when the client allows that.");
    public static final NodeKey MESSAGE_MAX_BYTES = withDefault(
            "message.max.bytes",
            Type.INT,
            "1048588",
            between(1, MAX_MESSAGE_BYTES),
            "The largest record batch taken, in bytes. Also the most that a topic's max.message.bytes may allow.");
    public static final NodeKey LOG_SEGMENT_BYTES = withDefault(
            "log.segment.bytes",
            Type.INT,
            "1073741824",
            between(1 << 20, Integer.MAX_VALUE),
            "A segment file is rolled before it grows past this size.");
    public static final NodeKey LOG_ROLL_MS = optional(
            "log.roll.ms",
            Type.LONG,
            between(1, Long.MAX_VALUE),
            "A segment file is rolled when its first batch is older than this. Not set: log.roll.hours.");
    public static final NodeKey LOG_ROLL_HOURS =
            withDefault("log.roll.hours", Type.INT, "168", between(1, Integer.MAX_VALUE), "As log.roll.ms, in hours.");
    public static final NodeKey LOG_INDEX_INTERVAL_BYTES = withDefault(
            "log.index.interval.bytes",
            Type.INT,
            "4096",
            between(0, Integer.MAX_VALUE),
            "Bytes of log between two entries of the offset and time index.");
    public static final NodeKey LOG_INDEX_CACHE_BYTES = withDefault(
            "log.index.cache.bytes",
            Type.LONG,
            "33554432",
            between(1048576, Long.MAX_VALUE),
            "Memory of the index of all partitions: blocks that were read, and entries that are not in a"
                    + " file yet.");
    public static final NodeKey LOG_INDEX_WRITE_BUFFER_BYTES = withDefault(
            "log.index.write.buffer.bytes",
            Type.LONG,
            "8388608",
            between(262144, Long.MAX_VALUE),
            "The part of log.index.cache.bytes for entries that are not in a file yet. After a crash these"
                    + " are read from the segments again.");
    public static final NodeKey LOG_INDEX_REBUILD_BYTES_PER_SECOND = withDefault(
            "log.index.rebuild.bytes.per.second",
            Type.LONG,
            "67108864",
            between(1024, Long.MAX_VALUE),
            "How fast segments are read in the background to restore index entries that were lost.");

    static {
        TopicDefaultKeys.all().forEach(NodeKeys::add);
        LeaderKeys.all().forEach(NodeKeys::add);
    }

    public static final NodeKey LOG_FLUSH = withDefault(
            "log.flush",
            Type.STRING,
            "sync",
            oneOf("sync", "async"),
            "What acks=all promises. sync: a majority of replicas has the record on disk (fsync). async: a majority has"
                    + " it in the page cache, as with Kafka.");
    public static final NodeKey LOG_FLUSH_INTERVAL_MS = withDefault(
            "log.flush.interval.ms",
            Type.LONG,
            "1000",
            between(1, Integer.MAX_VALUE),
            "With log.flush=async, how often the page cache's share of the logs is brought to the disk.");
    public static final NodeKey LOG_RETENTION_CHECK_INTERVAL_MS = withDefault(
            "log.retention.check.interval.ms",
            Type.LONG,
            "300000",
            between(1, Integer.MAX_VALUE),
            "How often leaders look for segments that retention.ms and retention.bytes give up.");
    public static final NodeKey LOG_SCRUB_BYTES_PER_SECOND = withDefault(
            "log.scrub.bytes.per.second",
            Type.LONG,
            "8388608",
            between(0, Long.MAX_VALUE),
            "How fast closed segments are read in the background to find damaged data, all replicas together; 0 to not"
                    + " read them.");
    public static final NodeKey LOG_SCRUB_INTERVAL_HOURS = withDefault(
            "log.scrub.interval.hours",
            Type.INT,
            "168",
            between(1, Integer.MAX_VALUE),
            "A replica's segments are read again so long after they were last found well.");
    public static final NodeKey REPLICA_CATCHUP_BYTES_PER_SECOND = withDefault(
            "replica.catchup.bytes.per.second",
            Type.LONG,
            "104857600",
            between(0, Long.MAX_VALUE),
            "How fast this node's replicas that are too far behind for Raft, or new, may copy their leaders' logs, all"
                    + " together; 0 for no limit.");
    public static final NodeKey LOG_CLEANER_ENABLE = withDefault(
            "log.cleaner.enable",
            Type.BOOLEAN,
            "true",
            bool(),
            "Whether topics with cleanup.policy=compact are compacted.");
    public static final NodeKey LOG_CLEANER_BACKOFF_MS = withDefault(
            "log.cleaner.backoff.ms",
            Type.LONG,
            "15000",
            between(1, Integer.MAX_VALUE),
            "How long compaction rests when no log is dirty enough.");
    public static final NodeKey LOG_CLEANER_DEDUPE_BUFFER_SIZE = withDefault(
            "log.cleaner.dedupe.buffer.size",
            Type.LONG,
            "134217728",
            between(1 << 20, Long.MAX_VALUE),
            "Memory outside the heap for the keys of the log that is being compacted, 24 bytes for each. With more keys"
                    + " compaction takes more passes.");
    public static final NodeKey LOG_CLEANER_IO_MAX_BYTES_PER_SECOND = withDefault(
            "log.cleaner.io.max.bytes.per.second",
            Type.DOUBLE,
            "1.7976931348623157E308",
            positive(),
            "The most that compaction reads and writes in a second.");
    public static final NodeKey PRODUCER_ID_EXPIRATION_MS = withDefault(
            "producer.id.expiration.ms",
            Type.INT,
            "86400000",
            between(1, Integer.MAX_VALUE),
            "How long an idle idempotent producer is remembered.");

    static {
        GroupKeys.all().forEach(NodeKeys::add);
    }

    public static final NodeKey SOCKET_REQUEST_MAX_BYTES = withDefault(
            "socket.request.max.bytes",
            Type.INT,
            "104857600",
            between(1024, Integer.MAX_VALUE),
            "The largest request taken; a larger one closes the connection.");
    public static final NodeKey FETCH_MAX_BYTES = withDefault(
            "fetch.max.bytes",
            Type.INT,
            "57671680",
            between(1024, Integer.MAX_VALUE),
            "The most that one fetch response carries.");
    public static final NodeKey MAX_INCREMENTAL_FETCH_SESSION_CACHE_SLOTS = withDefault(
            "max.incremental.fetch.session.cache.slots",
            Type.INT,
            "1000",
            between(0, Integer.MAX_VALUE),
            "How many fetch sessions are kept.");
    public static final NodeKey MAX_CONNECTIONS = withDefault(
            "max.connections",
            Type.INT,
            "10000",
            between(1, Integer.MAX_VALUE),
            "Connections of clients at one time; more are closed at once. Kafka's own default is no limit.");
    public static final NodeKey CONNECTIONS_MAX_IDLE_MS = withDefault(
            "connections.max.idle.ms",
            Type.LONG,
            "600000",
            between(1, Long.MAX_VALUE),
            "A connection that is silent for this long is closed.");
    public static final NodeKey NUM_NETWORK_THREADS = withDefault(
            "num.network.threads",
            Type.INT,
            "3",
            between(1, 1024),
            "Event loops that serve the connections of clients.");
    public static final NodeKey QUORUM_VOTERS = required(
            "quorum.voters",
            Type.LIST,
            listOf(
                    "ID@host:port",
                    item -> Voter.parse(item)
                            .filter(voter -> !voter.address().isWildcard()
                                    && voter.address().port() > 0)
                            .isPresent()),
            "The nodes that vote in the metadata quorum of a new cluster, with the addresses of their metadata Raft"
                    + " servers; the same on every node. A node that is not among them follows. Later changes are"
                    + " made with 'quorum add-voter' and 'quorum remove-voter'.");
    public static final NodeKey RAFT_LISTENER = optional(
            "raft.listener",
            Type.STRING,
            hostPort(),
            "Where the metadata Raft server listens. Not set: the node's address in quorum.voters.");
    public static final NodeKey PARTITION_RAFT_LISTENER = optional(
            "partition.raft.listener",
            Type.STRING,
            hostPort(),
            "Where the partition Raft server listens. Not set: the port after that of raft.listener.");

    static {
        RaftSslKeys.all().forEach(NodeKeys::add);
    }

    public static final NodeKey BROKER_HEARTBEAT_INTERVAL_MS = withDefault(
            "broker.heartbeat.interval.ms",
            Type.INT,
            "500",
            between(10, DAY_MS),
            "How often the node tells the metadata quorum that it lives.");
    public static final NodeKey BROKER_SESSION_TIMEOUT_MS = withDefault(
            "broker.session.timeout.ms",
            Type.INT,
            "3000",
            between(100, DAY_MS),
            "A node not heard for this long is fenced: clients are no longer sent to it, and its groups go to others."
                    + " One whose process is gone is fenced at once. Partitions elect new leaders long before, by"
                    + " themselves.");
    public static final NodeKey METADATA_ELECTION_TIMEOUT_MIN_MS = withDefault(
            "metadata.election.timeout.min.ms",
            Type.INT,
            "500",
            between(50, DAY_MS),
            "A voter that hears no leader of the metadata quorum for a random time between min and max stands for"
                    + " election.");
    public static final NodeKey METADATA_ELECTION_TIMEOUT_MAX_MS = withDefault(
            "metadata.election.timeout.max.ms",
            Type.INT,
            "1000",
            between(51, DAY_MS),
            "See metadata.election.timeout.min.ms.");
    public static final NodeKey PARTITION_ELECTION_TIMEOUT_MIN_MS = withDefault(
            "partition.election.timeout.min.ms",
            Type.INT,
            "400",
            between(50, DAY_MS),
            "A replica that hears no leader of its partition for a random time between min and max stands for election."
                    + " Smaller fails over sooner, and more often without need on a busy machine.");
    public static final NodeKey PARTITION_ELECTION_TIMEOUT_MAX_MS = withDefault(
            "partition.election.timeout.max.ms",
            Type.INT,
            "800",
            between(51, DAY_MS),
            "See partition.election.timeout.min.ms.");

    public static final NodeKey PARTITION_QUIESCE_MS = withDefault(
            "partition.quiesce.ms",
            Type.LONG,
            "300000",
            between(0, Long.MAX_VALUE),
            "A partition without a write for this long goes to rest: its replicas close their Raft divisions, reads go on,"
                    + " and the first write wakes it, which takes a moment. 0: never.");
    public static final NodeKey PARTITION_AWAKE_MAX = optional(
            "partition.awake.max",
            Type.INT,
            between(1, Integer.MAX_VALUE),
            "While a node has more replicas awake, those of its partitions that were idle the longest go to rest after 5 s"
                    + " already; with more than a tenth of this awake, sooner than partition.quiesce.ms in proportion."
                    + " Each that is awake takes some processor time for nothing. Not set: 100 for each processor.");

    private NodeKeys() {}

    /** All keys by name, in the order in which they are explained to people. */
    public static Map<String, NodeKey> all() {
        return Collections.unmodifiableMap(KEYS);
    }

    private static NodeKey required(String name, Type type, Rule rule, String documentation) {
        return add(new NodeKey(name, type, true, Optional.empty(), rule, documentation));
    }

    private static NodeKey optional(String name, Type type, Rule rule, String documentation) {
        return add(new NodeKey(name, type, false, Optional.empty(), rule, documentation));
    }

    private static NodeKey withDefault(String name, Type type, String value, Rule rule, String documentation) {
        return add(new NodeKey(name, type, false, Optional.of(value), rule, documentation));
    }

    private static NodeKey add(NodeKey key) {
        KEYS.put(key.name(), key);
        return key;
    }

    static Rule between(long min, long max) {
        String shape = max == Long.MAX_VALUE || max == Integer.MAX_VALUE
                ? "a whole number of " + min + " or more"
                : "a whole number from " + min + " to " + max;
        return new Rule(max == Integer.MAX_VALUE ? shape + ", at most " + max : shape, value -> {
            try {
                long number = Long.parseLong(value);
                return min <= number && number <= max;
            } catch (NumberFormatException e) {
                return false;
            }
        });
    }

    private static Rule positive() {
        return new Rule("a number above 0", value -> {
            try {
                return Double.parseDouble(value) > 0;
            } catch (NumberFormatException e) {
                return false;
            }
        });
    }

    static Rule bool() {
        return oneOf("true", "false");
    }

    static Rule oneOf(String... values) {
        Set<String> allowed = new TreeSet<>(Set.of(values));
        return new Rule(String.join(" or ", values), value -> allowed.contains(value.toLowerCase(Locale.ROOT)));
    }

    private static Rule text() {
        return new Rule("a text that is not empty", value -> !value.isEmpty());
    }

    private static Rule hostPort() {
        return new Rule("host:port", value -> HostPort.parse(value).isPresent());
    }

    static Rule listOf(String shape, Predicate<String> item) {
        return new Rule(shape + ", or several with commas between", value -> {
            for (String part : value.split(",", -1)) {
                if (!item.test(part.strip())) {
                    return false;
                }
            }
            return true;
        });
    }
}
