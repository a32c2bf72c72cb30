package io.barnabas.net.node;

import java.util.Optional;

/**
 * One entry of {@code quorum.voters}: {@code ID@host:port}.
 *
 * @param nodeId the voter's {@code node.id}
 * @param address where other nodes reach its metadata Raft server
 */
public record Voter(int nodeId, HostPort address) {

    /** Reads {@code ID@host:port}; empty when the text is none. */
    public static Optional<Voter> parse(String text) {
        int at = text.indexOf('@');
        if (at < 1 || !text.substring(0, at).matches("\\d{1,9}")) {
            return Optional.empty();
        }
        int nodeId = Integer.parseInt(text.substring(0, at));
        return HostPort.parse(text.substring(at + 1)).map(address -> new Voter(nodeId, address));
    }

    @Override
    public String toString() {
        return nodeId + "@" + address;
    }
}
