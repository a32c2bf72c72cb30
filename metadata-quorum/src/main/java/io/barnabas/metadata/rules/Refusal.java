package io.barnabas.metadata.rules;

/** Why the quorum refused a command. Names follow Kafka's error codes where one has the same meaning. */
public enum Refusal {
    INCONSISTENT_CLUSTER_ID,
    STALE_NODE_EPOCH,
    UNKNOWN_NODE,
    NODE_IN_USE,
    TOPIC_ALREADY_EXISTS,
    INVALID_TOPIC_NAME,
    INVALID_PARTITIONS,
    INVALID_REPLICATION_FACTOR,
    INVALID_REPLICA_ASSIGNMENT,
    UNKNOWN_TOPIC,
    NO_REASSIGNMENT_IN_PROGRESS,
    ELECTION_NOT_NEEDED,
    ELIGIBLE_LEADERS_NOT_AVAILABLE,
    INVALID_CONFIG,
    DUPLICATE_VOTER,
    VOTER_NOT_FOUND,
    INVALID_REQUEST
}
