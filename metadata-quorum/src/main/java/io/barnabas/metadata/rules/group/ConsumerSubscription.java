package io.barnabas.metadata.rules.group;

import com.google.protobuf.ByteString;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The topics in the metadata of a member of protocol type {@code consumer}. Every version of that format begins with
 * version 0: the version (2 bytes), the number of topics (4 bytes), then each topic's length (2 bytes) and name.
 */
final class ConsumerSubscription {

    private ConsumerSubscription() {}

    /** The topics, or empty when the bytes are something else. */
    static Optional<Set<String>> topics(ByteString metadata) {
        try {
            ByteBuffer bytes = metadata.asReadOnlyByteBuffer();
            short version = bytes.getShort();
            int count = bytes.getInt();
            if (version < 0 || count < 0) {
                return Optional.empty();
            }
            Set<String> topics = new HashSet<>();
            for (int i = 0; i < count; i++) {
                int length = bytes.getShort();
                if (length < 0 || length > bytes.remaining()) {
                    return Optional.empty();
                }
                byte[] name = new byte[length];
                bytes.get(name);
                topics.add(new String(name, StandardCharsets.UTF_8));
            }
            return Optional.of(topics);
        } catch (BufferUnderflowException e) {
            return Optional.empty();
        }
    }
}
