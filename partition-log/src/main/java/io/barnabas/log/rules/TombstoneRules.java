package io.barnabas.log.rules;

import java.util.OptionalLong;

/** Which records of a compacted log stay. */
public final class TombstoneRules {

    private TombstoneRules() {}

    /**
     * Whether a record stays: the newest of its key does, and a tombstone among these until its delete horizon has
     * passed. The first cleaning that meets a tombstone sets the horizon, for the whole batch (KIP-534); a consumer that
     * read an older value before that cleaning has until then to see the tombstone.
     *
     * @param newestOffset offset of the newest record with the same key, -1 when none newer than the last cleaning is
     *     known
     * @param deleteHorizonMs the time of day when the batch's tombstones may go, empty when it is not set yet
     */
    public static boolean keeps(
            long offset, long newestOffset, boolean tombstone, OptionalLong deleteHorizonMs, long nowMs) {
        if (offset < newestOffset) {
            return false;
        }
        return !tombstone || deleteHorizonMs.isEmpty() || nowMs < deleteHorizonMs.getAsLong();
    }
}
