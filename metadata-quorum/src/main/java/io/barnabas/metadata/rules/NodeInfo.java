package io.barnabas.metadata.rules;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A registered node.
 *
 * @param id the node's {@code node.id}
 * @param incarnation drawn anew by each process start, so that a restarted node is told apart from its former self
 * @param epoch the Raft index of the registration; grows with every restart
 * @param listeners the endpoints that Kafka clients reach
 * @param metadataAddress host:port of the node's metadata Raft server
 * @param partitionAddress host:port of the node's partition Raft server
 * @param rack the node's {@code broker.rack}
 * @param caughtUp whether its replicas have what was committed while it was away; of a fenced node they have not
 * @param fenced whether the quorum's leader has not heard from it lately; a fenced node is offered to no client
 */
public record NodeInfo(
        int id,
        UUID incarnation,
        long epoch,
        List<Endpoint> listeners,
        String metadataAddress,
        String partitionAddress,
        Optional<String> rack,
        boolean caughtUp,
        boolean fenced) {

    public NodeInfo {
        listeners = List.copyOf(listeners);
    }

    NodeInfo withFenced(boolean now) {
        return now == fenced ? this : with(false, now);
    }

    NodeInfo withCaughtUp() {
        return with(!fenced, fenced);
    }

    private NodeInfo with(boolean nowCaughtUp, boolean nowFenced) {
        return new NodeInfo(
                id, incarnation, epoch, listeners, metadataAddress, partitionAddress, rack, nowCaughtUp, nowFenced);
    }
}
