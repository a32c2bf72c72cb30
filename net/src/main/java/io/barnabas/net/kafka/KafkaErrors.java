package io.barnabas.net.kafka;

import io.barnabas.log.AppendRefusal;
import io.barnabas.metadata.rules.Refusal;
import io.barnabas.metadata.rules.group.GroupError;
import org.apache.kafka.common.protocol.Errors;

/** Which Kafka error code says what a refusal means. Retriable refusals map to codes that clients retry. */
public final class KafkaErrors {

    private KafkaErrors() {}

    /** The code of a refused append. */
    public static Errors of(AppendRefusal refusal) {
        return switch (refusal) {
            case NOT_LEADER, CLOSED -> Errors.NOT_LEADER_OR_FOLLOWER;
            case CORRUPT_BATCH -> Errors.CORRUPT_MESSAGE;
            case UNSUPPORTED_MAGIC -> Errors.UNSUPPORTED_FOR_MESSAGE_FORMAT;
            case INVALID_BATCH -> Errors.INVALID_RECORD;
            case INVALID_TIMESTAMP -> Errors.INVALID_TIMESTAMP;
            case TOO_LARGE -> Errors.MESSAGE_TOO_LARGE;
            case OUT_OF_ORDER_SEQUENCE -> Errors.OUT_OF_ORDER_SEQUENCE_NUMBER;
            case INVALID_PRODUCER_EPOCH -> Errors.INVALID_PRODUCER_EPOCH;
            case TRANSACTIONS_UNSUPPORTED -> Errors.INVALID_TXN_STATE;
            case NOT_ENOUGH_REPLICAS -> Errors.NOT_ENOUGH_REPLICAS;
            case NOT_ENOUGH_REPLICAS_AFTER_APPEND -> Errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND;
            case TIMED_OUT, OVERLOADED -> Errors.REQUEST_TIMED_OUT;
            case STORAGE_FAILED -> Errors.KAFKA_STORAGE_ERROR;
        };
    }

    /** The code of a coordinator's refusal, which bears its name. */
    public static Errors of(GroupError refusal) {
        return Errors.valueOf(refusal.name());
    }

    /** The code of a refused metadata command. */
    public static Errors of(Refusal refusal) {
        return switch (refusal) {
            case INCONSISTENT_CLUSTER_ID -> Errors.INCONSISTENT_CLUSTER_ID;
            case STALE_NODE_EPOCH -> Errors.STALE_BROKER_EPOCH;
            case UNKNOWN_NODE -> Errors.BROKER_ID_NOT_REGISTERED;
            case NODE_IN_USE, INVALID_REQUEST -> Errors.INVALID_REQUEST;
            case DUPLICATE_VOTER -> Errors.DUPLICATE_VOTER;
            case VOTER_NOT_FOUND -> Errors.VOTER_NOT_FOUND;
            case TOPIC_ALREADY_EXISTS -> Errors.TOPIC_ALREADY_EXISTS;
            case INVALID_TOPIC_NAME -> Errors.INVALID_TOPIC_EXCEPTION;
            case INVALID_PARTITIONS -> Errors.INVALID_PARTITIONS;
            case INVALID_REPLICATION_FACTOR -> Errors.INVALID_REPLICATION_FACTOR;
            case INVALID_REPLICA_ASSIGNMENT -> Errors.INVALID_REPLICA_ASSIGNMENT;
            case UNKNOWN_TOPIC -> Errors.UNKNOWN_TOPIC_OR_PARTITION;
            case ELECTION_NOT_NEEDED -> Errors.ELECTION_NOT_NEEDED;
            case ELIGIBLE_LEADERS_NOT_AVAILABLE -> Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE;
            case NO_REASSIGNMENT_IN_PROGRESS -> Errors.NO_REASSIGNMENT_IN_PROGRESS;
            case INVALID_CONFIG -> Errors.INVALID_CONFIG;
        };
    }
}
