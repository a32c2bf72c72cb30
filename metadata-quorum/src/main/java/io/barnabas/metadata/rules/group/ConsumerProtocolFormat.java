package io.barnabas.metadata.rules.group;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * What consumers of the classic protocol tell each other through the coordinator, which only has to understand it to
 * bring them together with members of the new protocol: Kafka's {@code ConsumerProtocolSubscription} and
 * {@code ConsumerProtocolAssignment}, versions 0 to 3. Later versions only add at the end.
 */
final class ConsumerProtocolFormat {

    /** The protocol type of consumers, in both protocols. */
    static final String PROTOCOL_TYPE = "consumer";

    private static final int HIGHEST_VERSION = 3;

    private ConsumerProtocolFormat() {}

    /**
     * What a member says when it joins.
     *
     * @param owned partitions by topic name; version 0 does not say, and its members give up all before they join
     */
    record Subscription(int version, Set<String> topics, Map<String, Set<Integer>> owned, Optional<String> rack) {}

    /**
     * What the leader has assigned to a member.
     *
     * @param hasUserData whether it holds more than partitions, of meaning to the members' assignor alone
     */
    record Assignment(Map<String, Set<Integer>> partitions, boolean hasUserData) {}

    /** Reads a subscription; empty when the bytes are none. */
    static Optional<Subscription> readSubscription(ByteString bytes) {
        ByteBuffer in = bytes.asReadOnlyByteBuffer();
        return unlessMalformed(() -> {
            int version = readVersion(in);
            Set<String> topics = readNames(in);
            skipBytes(in);
            Map<String, Set<Integer>> owned = version >= 1 ? readPartitions(in) : Map.of();
            if (version >= 2) {
                in.getInt(); // the generation that they are of
            }
            Optional<String> rack = version >= 3 ? readString(in) : Optional.empty();
            return new Subscription(version, topics, owned, rack);
        });
    }

    /** Reads only what every version of a subscription begins with, the topics; empty when the bytes are none. */
    static Optional<Set<String>> readTopics(ByteString bytes) {
        ByteBuffer in = bytes.asReadOnlyByteBuffer();
        return unlessMalformed(() -> {
            readVersion(in);
            return readNames(in);
        });
    }

    /** Reads an assignment; no bytes at all are an empty one, as of a member that has not been assigned to yet. */
    static Optional<Assignment> readAssignment(ByteString bytes) {
        if (bytes.isEmpty()) {
            return Optional.of(new Assignment(Map.of(), false));
        }
        ByteBuffer in = bytes.asReadOnlyByteBuffer();
        return unlessMalformed(() -> {
            readVersion(in);
            Map<String, Set<Integer>> partitions = readPartitions(in);
            return new Assignment(partitions, skipBytes(in) > 0);
        });
    }

    /** Writes an assignment in the version that the member's subscription had. */
    static ByteString writeAssignment(int version, Map<String, Set<Integer>> partitions) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeShort(version);
            out.writeInt(partitions.size());
            for (Map.Entry<String, Set<Integer>> topic : new TreeMap<>(partitions).entrySet()) {
                byte[] name = topic.getKey().getBytes(StandardCharsets.UTF_8);
                out.writeShort(name.length);
                out.write(name);
                out.writeInt(topic.getValue().size());
                for (int partition : new TreeSet<>(topic.getValue())) {
                    out.writeInt(partition);
                }
            }
            out.writeInt(-1); // no user data
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ByteString.copyFrom(bytes.toByteArray());
    }

    private static <T> Optional<T> unlessMalformed(Supplier<T> reader) {
        try {
            return Optional.of(reader.get());
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static IllegalArgumentException malformed() {
        return new IllegalArgumentException("malformed bytes of the consumer protocol");
    }

    private static int readVersion(ByteBuffer in) {
        int version = in.getShort();
        if (version < 0) {
            throw malformed();
        }
        return Math.min(version, HIGHEST_VERSION);
    }

    private static int readCount(ByteBuffer in) {
        int count = in.getInt();
        // Every element takes some bytes: a larger count is not one.
        if (count < 0 || count > in.remaining()) {
            throw malformed();
        }
        return count;
    }

    private static Set<String> readNames(ByteBuffer in) {
        Set<String> names = new TreeSet<>();
        for (int left = readCount(in); left > 0; left--) {
            names.add(readString(in).orElseThrow(ConsumerProtocolFormat::malformed));
        }
        return names;
    }

    private static Optional<String> readString(ByteBuffer in) {
        int length = in.getShort();
        if (length < 0) {
            return Optional.empty();
        }
        if (length > in.remaining()) {
            throw malformed();
        }
        byte[] letters = new byte[length];
        in.get(letters);
        return Optional.of(new String(letters, StandardCharsets.UTF_8));
    }

    /** Passes over bytes that may be absent, and returns how many they are. */
    private static int skipBytes(ByteBuffer in) {
        int length = Math.max(in.getInt(), 0);
        if (length > in.remaining()) {
            throw malformed();
        }
        in.position(in.position() + length);
        return length;
    }

    private static Map<String, Set<Integer>> readPartitions(ByteBuffer in) {
        Map<String, Set<Integer>> partitions = new TreeMap<>();
        for (int left = readCount(in); left > 0; left--) {
            String topic = readString(in).orElseThrow(ConsumerProtocolFormat::malformed);
            List<Integer> numbers = new ArrayList<>();
            for (int more = readCount(in); more > 0; more--) {
                numbers.add(in.getInt());
            }
            partitions.computeIfAbsent(topic, any -> new TreeSet<>()).addAll(numbers);
        }
        return partitions;
    }
}
