package io.barnabas.net.client;

import java.nio.ByteBuffer;
import java.util.OptionalInt;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.protocol.types.RawTaggedField;

/**
 * Which replica an unclean election of ElectLeaders shall choose, as the request carries it beside Kafka's own fields: in
 * tagged field 10000, a node id of 4 bytes, big-endian. Without it the one with the longest log is chosen.
 */
public final class ReplicaChoice {

    /** The first version of ElectLeaders that has tagged fields. */
    public static final short FIRST_VERSION = 2;

    private static final int NODE_TAG = 10_000;

    private ReplicaChoice() {}

    /** The node that a request names. */
    public static OptionalInt of(ElectLeadersRequestData request) {
        return request.unknownTaggedFields().stream()
                .filter(field -> field.tag() == NODE_TAG && field.size() == Integer.BYTES)
                .mapToInt(field -> ByteBuffer.wrap(field.data()).getInt())
                .findFirst();
    }

    /** Names a node in a request. */
    public static void add(ElectLeadersRequestData request, int node) {
        request.unknownTaggedFields()
                .add(new RawTaggedField(
                        NODE_TAG,
                        ByteBuffer.allocate(Integer.BYTES).putInt(node).array()));
    }
}
