package io.barnabas.metadata.rules.group;

import java.util.Locale;

/**
 * The node's settings for the groups it coordinates; names and defaults are Kafka's ({@code group.*} and
 * {@code offsets.*}).
 *
 * @param classic of groups whose members assign
 * @param consumer of groups whose coordinator assigns (KIP-848)
 * @param offsets of committed offsets
 */
public record GroupSettings(Classic classic, Consumer consumer, Offsets offsets) {

    public static final GroupSettings DEFAULT = new GroupSettings(
            new Classic(6_000, 1_800_000, 3_000, Integer.MAX_VALUE),
            new Consumer(45_000, 5_000, Integer.MAX_VALUE, 600_000, Migration.BIDIRECTIONAL),
            new Offsets(4_096, 7 * 24 * 60 * 60_000L, 600_000));

    /**
     * @param minSessionTimeoutMs {@code group.min.session.timeout.ms}
     * @param maxSessionTimeoutMs {@code group.max.session.timeout.ms}
     * @param initialRebalanceDelayMs {@code group.initial.rebalance.delay.ms}
     * @param maxSize {@code group.max.size}, members
     */
    public record Classic(int minSessionTimeoutMs, int maxSessionTimeoutMs, int initialRebalanceDelayMs, int maxSize) {}

    /**
     * @param sessionTimeoutMs {@code group.consumer.session.timeout.ms}
     * @param heartbeatIntervalMs {@code group.consumer.heartbeat.interval.ms}
     * @param maxSize {@code group.consumer.max.size}, members
     * @param regexRefreshIntervalMs {@code group.consumer.regex.refresh.interval.ms}
     * @param migration {@code group.consumer.migration.policy}
     */
    public record Consumer(
            int sessionTimeoutMs,
            int heartbeatIntervalMs,
            int maxSize,
            int regexRefreshIntervalMs,
            Migration migration) {}

    /** Whether a group that has members may change its kind when members of the other protocol come or go. */
    public enum Migration {
        BIDIRECTIONAL,
        UPGRADE,
        DOWNGRADE,
        DISABLED;

        /** The policy of that name, in Kafka's lower case. */
        public static Migration named(String name) {
            return valueOf(name.toUpperCase(Locale.ROOT));
        }

        boolean mayUpgrade() {
            return this == BIDIRECTIONAL || this == UPGRADE;
        }

        boolean mayDowngrade() {
            return this == BIDIRECTIONAL || this == DOWNGRADE;
        }
    }

    /**
     * @param maxMetadataBytes {@code offset.metadata.max.bytes}, characters
     * @param retentionMs {@code offsets.retention.minutes}
     * @param checkIntervalMs {@code offsets.retention.check.interval.ms}
     */
    public record Offsets(int maxMetadataBytes, long retentionMs, long checkIntervalMs) {}
}
