package io.barnabas.metadata;

import java.nio.file.Path;
import java.time.Duration;
import java.util.SortedMap;
import java.util.function.Consumer;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;

/**
 * How a node takes part in the metadata quorum.
 *
 * @param nodeId this node's {@code node.id}
 * @param voters the voters' metadata Raft addresses (host:port) by node id
 * @param address this node's own metadata Raft address
 * @param storage directory of the Raft storage
 * @param raft Ratis settings, transport included; the storage directory is set by the quorum
 * @param parameters Ratis parameters of the transport
 * @param proposalTimeout how long a proposal looks for a majority
 * @param nodeTimeout a node silent for longer is fenced ({@code broker.session.timeout.ms})
 * @param storageFailed hears why, when the Raft log cannot be written any more; must not block
 */
public record MetadataQuorumConfig(
        int nodeId,
        SortedMap<Integer, String> voters,
        String address,
        Path storage,
        RaftProperties raft,
        Parameters parameters,
        Duration proposalTimeout,
        Duration nodeTimeout,
        Consumer<String> storageFailed) {

    public MetadataQuorumConfig {
        if (voters.isEmpty()) {
            throw new IllegalArgumentException("a quorum needs at least one voter");
        }
    }

    boolean isVoter() {
        return voters.containsKey(nodeId);
    }
}
