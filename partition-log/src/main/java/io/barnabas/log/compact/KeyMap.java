package io.barnabas.log.compact;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The newest offset of each key, in a fixed piece of memory outside the heap. Keys are told apart by the first 16 bytes
 * of their SHA-256 only: two keys with the same are not to be found, not even on purpose.
 *
 * <pre>
 *   each slot: hash (16)   offset + 1 (8), 0 when the slot is free
 * </pre>
 *
 * <p>Slots are probed one after the other. For one thread at a time.
 */
public final class KeyMap implements AutoCloseable {

    /** Bytes of memory per slot. */
    public static final int SLOT = 24;

    /** Share of slots that are filled at most; beyond, probes become long. */
    private static final double LOAD = 0.9;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;
    private final long slots;
    private final long capacity;
    private final MessageDigest digest;
    private final byte[] hash;
    private final ByteBuffer hashed;
    private long size;

    private KeyMap(long slots, long capacity) {
        this.slots = slots;
        this.capacity = capacity;
        this.memory = arena.allocate(slots * SLOT, Long.BYTES);
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        this.hash = new byte[digest.getDigestLength()];
        this.hashed = ByteBuffer.wrap(hash);
    }

    /** A map for {@code keys} keys, or for as many as {@code maxBytes} hold. */
    public static KeyMap of(long keys, long maxBytes) {
        long most = Math.max(2, maxBytes / SLOT);
        long wanted = (long) Math.ceil(Math.max(1, keys) / LOAD) + 1;
        long slots = Math.min(most, wanted);
        return new KeyMap(slots, Math.max(1, Math.min(slots - 1, (long) (slots * LOAD))));
    }

    /** How many keys are in it. */
    public long size() {
        return size;
    }

    /** How many more keys it takes. */
    public long room() {
        return capacity - size;
    }

    /** Takes the newest offset of a key; false when the key is new and the map is full. */
    public boolean put(ByteBuffer key, long offset) {
        long at = slotOf(key);
        if (memory.get(LONG, at + 16) == 0) {
            if (size == capacity) {
                return false;
            }
            size++;
            memory.set(LONG, at, hashed.getLong(0));
            memory.set(LONG, at + 8, hashed.getLong(8));
        }
        memory.set(LONG, at + 16, offset + 1);
        return true;
    }

    /** The newest offset of a key, -1 when it is not in the map. */
    public long newest(ByteBuffer key) {
        return memory.get(LONG, slotOf(key) + 16) - 1;
    }

    /** Where the key is, or the free slot where it would be. */
    private long slotOf(ByteBuffer key) {
        digest.update(key.duplicate());
        try {
            digest.digest(hash, 0, hash.length);
        } catch (DigestException e) {
            throw new IllegalStateException("the hash has its own length", e);
        }
        long high = hashed.getLong(0);
        long low = hashed.getLong(8);
        long slot = Math.unsignedMultiplyHigh(high, slots);
        while (true) {
            long at = slot * SLOT;
            if (memory.get(LONG, at + 16) == 0 || memory.get(LONG, at) == high && memory.get(LONG, at + 8) == low) {
                return at;
            }
            slot = slot + 1 == slots ? 0 : slot + 1;
        }
    }

    /** Forgets all keys. */
    public void clear() {
        memory.fill((byte) 0);
        size = 0;
    }

    /** Gives the memory back. */
    @Override
    public void close() {
        arena.close();
    }
}
