package io.barnabas.net.node;

import static io.barnabas.net.node.NodeKeys.between;
import static io.barnabas.net.node.NodeKeys.oneOf;

import io.barnabas.net.node.NodeKey.Type;
import java.util.List;
import java.util.Optional;

/** The keys of {@code node.properties} about consumer groups and their offsets; all of them are Kafka's. */
final class GroupKeys {

    static final NodeKey MIN_SESSION_TIMEOUT_MS = key(
            "group.min.session.timeout.ms", "6000", 1, "The shortest session.timeout.ms a classic member may ask for.");
    static final NodeKey MAX_SESSION_TIMEOUT_MS = key(
            "group.max.session.timeout.ms",
            "1800000",
            1,
            "The longest session.timeout.ms a classic member may ask for.");
    static final NodeKey INITIAL_REBALANCE_DELAY_MS = key(
            "group.initial.rebalance.delay.ms",
            "3000",
            0,
            "How long an empty classic group waits for more members before its first generation.");
    static final NodeKey MAX_SIZE =
            key("group.max.size", "2147483647", 1, "The most members that a classic group may have.");
    static final NodeKey CONSUMER_SESSION_TIMEOUT_MS = key(
            "group.consumer.session.timeout.ms",
            "45000",
            1,
            "A member of a consumer group (KIP-848) not heard for this long is expelled.");
    static final NodeKey CONSUMER_HEARTBEAT_INTERVAL_MS = key(
            "group.consumer.heartbeat.interval.ms",
            "5000",
            1,
            "How often members of consumer groups are told to send heartbeats.");
    static final NodeKey CONSUMER_MAX_SIZE =
            key("group.consumer.max.size", "2147483647", 1, "The most members that a consumer group may have.");
    static final NodeKey CONSUMER_REGEX_REFRESH_INTERVAL_MS = key(
            "group.consumer.regex.refresh.interval.ms",
            "600000",
            10_000,
            "How often at the latest subscribed expressions are matched with the topics again.");
    static final NodeKey CONSUMER_MIGRATION_POLICY = new NodeKey(
            "group.consumer.migration.policy",
            Type.STRING,
            false,
            Optional.of("bidirectional"),
            oneOf("bidirectional", "upgrade", "downgrade", "disabled"),
            "Whether a classic group of consumers becomes a consumer group when a member of the new protocol joins"
                    + " (upgrade), and a classic one again when the last of these leaves (downgrade).");
    static final NodeKey OFFSET_METADATA_MAX_BYTES =
            key("offset.metadata.max.bytes", "4096", 0, "The longest metadata string of a committed offset.");
    static final NodeKey OFFSETS_RETENTION_MINUTES = key(
            "offsets.retention.minutes",
            "10080",
            1,
            "How long committed offsets are kept after their group lost its last member, or nobody subscribes to the"
                    + " topic any more.");
    static final NodeKey OFFSETS_RETENTION_CHECK_INTERVAL_MS =
            key("offsets.retention.check.interval.ms", "600000", 1, "How often coordinators look for expired offsets.");

    private GroupKeys() {}

    static List<NodeKey> all() {
        return List.of(
                MIN_SESSION_TIMEOUT_MS,
                MAX_SESSION_TIMEOUT_MS,
                INITIAL_REBALANCE_DELAY_MS,
                MAX_SIZE,
                CONSUMER_SESSION_TIMEOUT_MS,
                CONSUMER_HEARTBEAT_INTERVAL_MS,
                CONSUMER_MAX_SIZE,
                CONSUMER_REGEX_REFRESH_INTERVAL_MS,
                CONSUMER_MIGRATION_POLICY,
                OFFSET_METADATA_MAX_BYTES,
                OFFSETS_RETENTION_MINUTES,
                OFFSETS_RETENTION_CHECK_INTERVAL_MS);
    }

    private static NodeKey key(String name, String value, int min, String documentation) {
        return new NodeKey(name, Type.INT, false, Optional.of(value), between(min, Integer.MAX_VALUE), documentation);
    }
}
