package io.barnabas.net.client;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsPartition;
import org.apache.kafka.common.protocol.types.RawTaggedField;

/**
 * What is wrong with a replica or under way, as a DescribeLogDirs response carries it beside Kafka's own fields: in
 * tagged fields (KIP-482), which clients that do not know them pass over.
 *
 * <pre>
 *   tag 10000   why the replica stopped, UTF-8
 *   tag 10001   the bulk copy of its leader's log: from, next and last offset, bytes so far (8 each, big-endian)
 * </pre>
 *
 * @param failure why the replica stopped, empty when it is well
 * @param copy how far a bulk copy has come, empty when there is none
 */
public record ReplicaCondition(Optional<String> failure, Optional<Copy> copy) {

    /** The first version of DescribeLogDirs that has tagged fields. */
    public static final short FIRST_VERSION = 2;

    private static final int FAILURE_TAG = 10_000;
    private static final int CATCH_UP_TAG = 10_001;

    /**
     * A bulk copy of the leader's log.
     *
     * @param fromOffset where it began
     * @param offset offsets below are copied
     * @param targetOffset where it ends
     * @param bytes bytes copied so far
     */
    public record Copy(long fromOffset, long offset, long targetOffset, long bytes) {}

    /** Of a replica that a node described. */
    public static ReplicaCondition of(DescribeLogDirsPartition described) {
        Optional<String> failure = Optional.empty();
        Optional<Copy> copy = Optional.empty();
        for (RawTaggedField field : described.unknownTaggedFields()) {
            if (field.tag() == FAILURE_TAG) {
                failure = Optional.of(new String(field.data(), StandardCharsets.UTF_8));
            } else if (field.tag() == CATCH_UP_TAG && field.size() == 4 * Long.BYTES) {
                ByteBuffer data = ByteBuffer.wrap(field.data());
                copy = Optional.of(new Copy(data.getLong(), data.getLong(), data.getLong(), data.getLong()));
            }
        }
        return new ReplicaCondition(failure, copy);
    }

    /** Adds it to a description, when the version of the response has room for it. */
    public void addTo(DescribeLogDirsPartition described, int version) {
        if (version < FIRST_VERSION) {
            return;
        }
        List<RawTaggedField> fields = new ArrayList<>();
        failure.ifPresent(
                reason -> fields.add(new RawTaggedField(FAILURE_TAG, reason.getBytes(StandardCharsets.UTF_8))));
        copy.ifPresent(progress -> fields.add(new RawTaggedField(
                CATCH_UP_TAG,
                ByteBuffer.allocate(4 * Long.BYTES)
                        .putLong(progress.fromOffset())
                        .putLong(progress.offset())
                        .putLong(progress.targetOffset())
                        .putLong(progress.bytes())
                        .array())));
        described.unknownTaggedFields().addAll(fields);
    }
}
