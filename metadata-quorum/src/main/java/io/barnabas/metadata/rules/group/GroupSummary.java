package io.barnabas.metadata.rules.group;

/**
 * A group in a list.
 *
 * @param protocolType {@code consumer}, {@code connect}, ..., empty for a group that only commits
 * @param state Kafka's name of it: Empty, PreparingRebalance, CompletingRebalance, Stable, Assigning, Reconciling, Dead
 * @param type who assigns
 */
public record GroupSummary(String group, String protocolType, String state, Type type) {

    /** Who assigns the partitions: a member, or the coordinator (KIP-848). */
    public enum Type {
        CLASSIC,
        CONSUMER
    }
}
