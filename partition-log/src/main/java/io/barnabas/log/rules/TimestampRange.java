package io.barnabas.log.rules;

import io.barnabas.log.LogConfig;

/**
 * Which timestamps a topic takes.
 *
 * @param oldest the smallest, in epoch milliseconds
 * @param newest the largest
 */
record TimestampRange(long oldest, long newest) {

    /** A record may have no timestamp at all. */
    private static final long NONE = -1;

    private static final TimestampRange ALL = new TimestampRange(Long.MIN_VALUE, Long.MAX_VALUE);

    /** What is taken at a time of day; everything, when the leader writes its own. */
    static TimestampRange of(LogConfig.Timestamps config, long nowMs) {
        if (config.logAppendTime()) {
            return ALL;
        }
        long newest = nowMs + config.afterMaxMs();
        return new TimestampRange(
                nowMs >= 0 ? nowMs - config.beforeMaxMs() : Long.MIN_VALUE, newest < nowMs ? Long.MAX_VALUE : newest);
    }

    boolean holds(long timestampMs) {
        return timestampMs == NONE || (oldest <= timestampMs && timestampMs <= newest);
    }

    /** For people. */
    String sentence() {
        return "message.timestamp.before.max.ms and message.timestamp.after.max.ms allow " + oldest + " to " + newest;
    }
}
