package io.barnabas.net.raft;

import java.time.Duration;
import java.util.Optional;

/**
 * How one Raft server of a node talks to the same server of other nodes.
 *
 * @param clusterId whose cluster this is; nodes of another are refused
 * @param nodeId this node's Raft id, its {@code node.id}
 * @param kind which of the node's Raft servers it is
 * @param host where it listens
 * @param port where it listens
 * @param requestTimeout how long an answer may take; a connection that is silent for so long is made anew
 * @param window how much may be on the way to one follower of one group
 * @param maxFrameBytes larger messages are taken for garbage and close the connection
 * @param dataThreads event loops for entries; heartbeats and votes have one of their own
 * @param tls keys of the node, when connections are encrypted
 * @param payloads what of entries travels beside Raft's messages
 * @param emptyVoters whose votes count although they hold no entry
 */
public record RaftTransportConfig(
        String clusterId,
        String nodeId,
        ServerKind kind,
        String host,
        int port,
        Duration requestTimeout,
        Window window,
        int maxFrameBytes,
        int dataThreads,
        Optional<RaftTls> tls,
        EntryPayloads payloads,
        EmptyVoters emptyVoters) {

    /** The Raft servers of a node. They never talk to each other. */
    public enum ServerKind {
        METADATA,
        PARTITIONS
    }

    /**
     * Limits of what is sent before it is answered.
     *
     * @param requests append requests
     * @param bytes their entries with payloads; one entry may always go
     * @param requestBytes of one request; one entry may always go
     */
    public record Window(int requests, int bytes, int requestBytes) {

        /** Checks the limits. */
        public Window {
            if (requests < 1 || bytes < 1 || requestBytes < 1) {
                throw new IllegalArgumentException("a window of " + requests + " requests, " + bytes + " bytes");
            }
        }
    }

    /** Checks the limits. */
    public RaftTransportConfig {
        if (dataThreads < 1 || maxFrameBytes < window.requestBytes()) {
            throw new IllegalArgumentException(
                    "dataThreads=" + dataThreads + " maxFrameBytes=" + maxFrameBytes + " " + window);
        }
    }
}
