package io.barnabas.net.raft;

import java.util.Optional;

/** What is in a frame; the first byte after its length. Codes never change their meaning within a protocol version. */
enum FrameType {
    /** {@link Hello}: the first frame of who connects. */
    HELLO(1),
    /** Accepts a hello; empty. */
    WELCOME(2),
    /** Refuses a hello: the reason in UTF-8. The connection ends. */
    REFUSED(3),
    /** appender (8), length and bytes of AppendEntriesRequestProto, count and lengths (4 each) of payloads, payloads. */
    APPEND(4),
    /** Several of: appender (8), length and bytes of AppendEntriesRequestProto. */
    HEARTBEATS(5),
    /** Several of: appender (8), status (1), length and bytes: a reply proto, or call id (8), heartbeat (1), text. */
    APPEND_REPLIES(6),
    /** id (8), {@link CallMethod} (1), the request's proto. */
    CALL(7),
    /** id (8), the reply's proto. */
    ANSWER(8),
    /** id (8), length of and name of an exception's class, its message. */
    FAILURE(9);

    private static final FrameType[] BY_CODE = new FrameType[10];

    static {
        for (FrameType type : values()) {
            BY_CODE[type.code] = type;
        }
    }

    private final byte code;

    FrameType(int code) {
        this.code = (byte) code;
    }

    byte code() {
        return code;
    }

    static Optional<FrameType> of(byte code) {
        return code > 0 && code < BY_CODE.length ? Optional.of(BY_CODE[code]) : Optional.empty();
    }
}
