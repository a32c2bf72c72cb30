package io.barnabas.log;

import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/**
 * When partitions rest, and what that needs of the node.
 *
 * @param idleMs {@code partition.quiesce.ms}: a partition without a write for so long closes its Raft divisions; 0 for
 *     never
 * @param awakeMax {@code partition.awake.max}: with more replicas awake, idle partitions rest sooner
 * @param peers reaches the same of the other nodes
 * @param heard whether the cluster still counts on this node: the leader of a resting partition serves reads only then,
 *     since otherwise the others may have woken it and lead
 */
public record QuiesceConfig(long idleMs, int awakeMax, Peers peers, BooleanSupplier heard) {

    /** No partition rests by the doing of this node. */
    public static final QuiesceConfig NEVER = new QuiesceConfig(
            0,
            Integer.MAX_VALUE,
            (node, message) -> CompletableFuture.failedFuture(new UnsupportedOperationException()),
            () -> true);

    /** The other nodes. */
    @FunctionalInterface
    public interface Peers {

        /**
         * Hands a message to {@link RestingPartitions#answer} of another node.
         *
         * @return its answer; fails when none comes
         */
        CompletableFuture<byte[]> call(int node, byte[] message);
    }
}
