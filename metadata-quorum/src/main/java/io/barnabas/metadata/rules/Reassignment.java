package io.barnabas.metadata.rules;

import java.util.List;

/**
 * A change of a partition's replicas that goes on (KIP-455).
 *
 * @param original the replicas before it began; a cancelled reassignment goes back to them
 * @param target the replicas wanted
 * @param since the Raft index of the command that asked for it, so that reports of an older one are told apart
 */
public record Reassignment(List<Integer> original, List<Integer> target, long since) {

    public Reassignment {
        original = List.copyOf(original);
        target = List.copyOf(target);
    }
}
