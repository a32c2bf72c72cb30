package io.barnabas.chaos.rules.check;

import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;

/**
 * Where a promise was broken.
 *
 * @param object a partition as {@code topic-number}, or a register, topic or group by its name
 * @param offset when one is concerned
 * @param value the fingerprint of a record or the value of a register, when one is concerned
 */
public record Place(String object, OptionalLong offset, OptionalLong value) {

    /** A record. */
    public static Place of(TopicPartition partition, long offset, long value) {
        return new Place(partition.toString(), OptionalLong.of(offset), OptionalLong.of(value));
    }

    /** An offset, whatever lies there. */
    public static Place of(TopicPartition partition, long offset) {
        return new Place(partition.toString(), OptionalLong.of(offset), OptionalLong.empty());
    }

    /** A value, wherever it lies. */
    public static Place ofValue(TopicPartition partition, long value) {
        return new Place(partition.toString(), OptionalLong.empty(), OptionalLong.of(value));
    }

    /** Something without offsets. */
    public static Place of(String object) {
        return new Place(object, OptionalLong.empty(), OptionalLong.empty());
    }
}
