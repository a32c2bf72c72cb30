package io.barnabas.log.rules.rest;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What one node asks of another for one partition; the answer is yes or no.
 *
 * @param groupId the partition's Raft group
 * @param point where to rest; empty with {@link Kind#WAKE}
 */
public record RestRequest(Kind kind, UUID groupId, Optional<RestPoint> point) {

    /** What is asked. */
    public enum Kind {
        /** Could you rest there? Nothing is changed by the answer. */
        ASK,
        /** Rest there; answered yes when the division takes no part in elections any more. */
        REST,
        /** Be awake; answered when the division takes part in elections. */
        WAKE
    }

    /** The wish that the group's replica be awake. */
    public static RestRequest wake(UUID groupId) {
        return new RestRequest(Kind.WAKE, groupId, Optional.empty());
    }

    private static final byte VERSION = 1;
    private static final int HEAD_BYTES = 1 + 4;
    private static final int REQUEST_BYTES = 1 + 16 + 1;
    private static final int POINT_BYTES = 8 + 8 + 4 + 4;

    /** Many requests as one message. */
    public static byte[] encode(List<RestRequest> requests) {
        int size = HEAD_BYTES;
        for (RestRequest request : requests) {
            size += REQUEST_BYTES
                    + request.point()
                            .map(point -> POINT_BYTES + 4 * point.members().size())
                            .orElse(0);
        }
        ByteBuffer out = ByteBuffer.allocate(size).put(VERSION).putInt(requests.size());
        requests.forEach(request -> request.write(out));
        return out.array();
    }

    private void write(ByteBuffer out) {
        out.put((byte) kind.ordinal())
                .putLong(groupId.getMostSignificantBits())
                .putLong(groupId.getLeastSignificantBits())
                .put((byte) (point.isPresent() ? 1 : 0));
        point.ifPresent(at -> {
            out.putLong(at.term())
                    .putLong(at.index())
                    .putInt(at.leader())
                    .putInt(at.members().size());
            at.members().forEach(out::putInt);
        });
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws IllegalArgumentException when the bytes are none of its messages
     */
    public static List<RestRequest> decode(byte[] message) {
        ByteBuffer in = ByteBuffer.wrap(message);
        int count = count(in, REQUEST_BYTES);
        List<RestRequest> requests = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            require(in, REQUEST_BYTES);
            int kind = in.get();
            if (kind < 0 || kind >= Kind.values().length) {
                throw new IllegalArgumentException("no request is of kind " + kind);
            }
            UUID groupId = new UUID(in.getLong(), in.getLong());
            requests.add(new RestRequest(
                    Kind.values()[kind], groupId, in.get() == 0 ? Optional.empty() : Optional.of(point(in))));
        }
        return requests;
    }

    private static RestPoint point(ByteBuffer in) {
        require(in, POINT_BYTES);
        long term = in.getLong();
        long index = in.getLong();
        int leader = in.getInt();
        int members = in.getInt();
        if (members < 0 || members > in.remaining() / Integer.BYTES) {
            throw new IllegalArgumentException(members + " members do not fit into the message");
        }
        List<Integer> ids = new ArrayList<>(members);
        for (int i = 0; i < members; i++) {
            ids.add(in.getInt());
        }
        return new RestPoint(term, index, leader, ids);
    }

    /** The answers to the requests of one message, in their order. */
    public static byte[] encodeAnswers(List<Boolean> answers) {
        ByteBuffer out =
                ByteBuffer.allocate(HEAD_BYTES + answers.size()).put(VERSION).putInt(answers.size());
        answers.forEach(yes -> out.put((byte) (yes ? 1 : 0)));
        return out.array();
    }

    /** @throws IllegalArgumentException when the bytes are no answers */
    public static List<Boolean> decodeAnswers(byte[] message) {
        ByteBuffer in = ByteBuffer.wrap(message);
        int count = count(in, 1);
        List<Boolean> answers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            answers.add(in.get() != 0);
        }
        return answers;
    }

    private static int count(ByteBuffer in, int least) {
        require(in, HEAD_BYTES);
        int version = in.get();
        if (version != VERSION) {
            throw new IllegalArgumentException("messages of version " + version + " are not known here");
        }
        int count = in.getInt();
        if (count < 0 || count > in.remaining() / least) {
            throw new IllegalArgumentException(count + " items do not fit into the message");
        }
        return count;
    }

    private static void require(ByteBuffer in, int bytes) {
        if (in.remaining() < bytes) {
            throw new IllegalArgumentException("the message ends too early");
        }
    }
}
