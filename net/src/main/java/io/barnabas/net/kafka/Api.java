package io.barnabas.net.kafka;

import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * One API this node serves.
 *
 * @param key the API
 * @param minVersion the oldest version served
 * @param maxVersion the newest version served
 * @param handler who answers it
 */
public record Api<Q extends ApiMessage, A extends ApiMessage>(
        ApiKeys key, short minVersion, short maxVersion, ApiHandler<Q, A> handler) {

    public Api {
        if (minVersion > maxVersion || minVersion < key.oldestVersion() || maxVersion > key.latestVersion(true)) {
            throw new IllegalArgumentException(
                    key + " versions " + minVersion + " to " + maxVersion + " are not those of the protocol library");
        }
    }

    /** Whether a request of that version is served. */
    boolean serves(short version) {
        return version >= minVersion && version <= maxVersion;
    }
}
