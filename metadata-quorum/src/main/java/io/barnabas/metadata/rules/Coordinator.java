package io.barnabas.metadata.rules;

/**
 * Who coordinates a shard of groups.
 *
 * @param nodeId the node, or {@link #NONE} while no live node is there
 * @param epoch the Raft index of the change that made it so; records written with another epoch are refused
 */
public record Coordinator(int nodeId, long epoch) {

    public static final int NONE = -1;
}
