package io.barnabas.net.client;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
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
 *   tag 10002   where its log ends: leader epoch of the last batch (4) and log end offset (8)
 * </pre>
 *
 * @param failure why the replica stopped, empty when it is well
 * @param copy how far a bulk copy has come, empty when there is none
 * @param end where its log ends, committed or not; empty when it holds nothing
 */
public record ReplicaCondition(Optional<String> failure, Optional<Copy> copy, Optional<End> end) {

    /** The first version of DescribeLogDirs that has tagged fields. */
    public static final short FIRST_VERSION = 2;

    private static final int FAILURE_TAG = 10_000;
    private static final int CATCH_UP_TAG = 10_001;
    private static final int END_TAG = 10_002;

    /**
     * A bulk copy of the leader's log.
     *
     * @param fromOffset where it began
     * @param offset offsets below are copied
     * @param targetOffset where it ends
     * @param bytes bytes copied so far
     */
    public record Copy(long fromOffset, long offset, long targetOffset, long bytes) {}

    /**
     * The end of a log. Of two replicas the one with the greater end holds all that the other may have committed.
     *
     * @param epoch leader epoch of the last batch
     * @param offset the offset after the last record
     */
    public record End(int epoch, long offset) implements Comparable<End> {
        @Override
        public int compareTo(End other) {
            return Comparator.comparingInt(End::epoch)
                    .thenComparingLong(End::offset)
                    .compare(this, other);
        }
    }

    /** Of a replica that a node described. */
    public static ReplicaCondition of(DescribeLogDirsPartition described) {
        Optional<String> failure = Optional.empty();
        Optional<Copy> copy = Optional.empty();
        Optional<End> end = Optional.empty();
        for (RawTaggedField field : described.unknownTaggedFields()) {
            if (field.tag() == FAILURE_TAG) {
                failure = Optional.of(new String(field.data(), StandardCharsets.UTF_8));
            } else if (field.tag() == CATCH_UP_TAG && field.size() == 4 * Long.BYTES) {
                ByteBuffer data = ByteBuffer.wrap(field.data());
                copy = Optional.of(new Copy(data.getLong(), data.getLong(), data.getLong(), data.getLong()));
            } else if (field.tag() == END_TAG && field.size() == Integer.BYTES + Long.BYTES) {
                ByteBuffer data = ByteBuffer.wrap(field.data());
                end = Optional.of(new End(data.getInt(), data.getLong()));
            }
        }
        return new ReplicaCondition(failure, copy, end);
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
        end.ifPresent(last -> fields.add(new RawTaggedField(
                END_TAG,
                ByteBuffer.allocate(Integer.BYTES + Long.BYTES)
                        .putInt(last.epoch())
                        .putLong(last.offset())
                        .array())));
        described.unknownTaggedFields().addAll(fields);
    }
}
