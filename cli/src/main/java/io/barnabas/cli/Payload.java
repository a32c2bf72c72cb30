package io.barnabas.cli;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Values of records: random bytes, the same in each, behind a stamp where there is one. */
final class Payload {

    /** The bytes that a stamp takes. */
    static final int STAMP = 2 * Long.BYTES;

    private static final long SEED = 7;

    private Payload() {}

    static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new SplittableRandom(SEED).nextBytes(bytes);
        return bytes;
    }

    /**
     * The payload with a stamp in its first bytes.
     *
     * @param number which record it is
     * @param dueNanos when it was due, by this process' {@link System#nanoTime}
     */
    static byte[] stamped(byte[] payload, long number, long dueNanos) {
        byte[] bytes = Arrays.copyOf(payload, payload.length);
        ByteBuffer.wrap(bytes).putLong(number).putLong(dueNanos);
        return bytes;
    }

    static long number(byte[] value) {
        return ByteBuffer.wrap(value).getLong();
    }

    static long dueNanos(byte[] value) {
        return ByteBuffer.wrap(value).getLong(Long.BYTES);
    }
}
