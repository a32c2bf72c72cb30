package io.barnabas.chaos.rules.check;

import io.barnabas.chaos.rules.history.Call;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * All sends of a run, numbered from 0 in the order of their invocation: 36 bytes each, and 6 to 12 in the table that
 * finds them by value. At most 2^30 sends and 2^24 partitions.
 */
final class SentRecords {

    private static final int ACKS = 0b11;
    private static final int IDEMPOTENT = 1 << 2;
    private static final int OK = 1 << 3;
    private static final int FAILED = 1 << 4;
    private static final int PARTITION_SHIFT = 8;

    private final LongColumn values = new LongColumn();
    private final LongColumn sequences = new LongColumn();
    private final LongColumn sessions = new LongColumn();
    private final LongColumn keys = new LongColumn();
    private final IntColumn facts = new IntColumn();
    private final List<TopicPartition> partitions = new ArrayList<>();
    private final Map<TopicPartition, Integer> partitionNumbers = new HashMap<>();
    private int[] slots = new int[1 << 10];
    private int size;

    int size() {
        return size;
    }

    /** Takes a send that is invoked. Fails when its value was sent before: the checkers could not tell them apart. */
    void add(Call.Send send) {
        if (find(send.value()) >= 0) {
            throw new IllegalArgumentException("value " + send.value() + " is sent twice: each record of a run needs a"
                    + " value of its own; a retry by the producer is not a send of its own");
        }
        int partition = partitionNumbers.computeIfAbsent(send.partition(), p -> {
            partitions.add(p);
            return partitions.size() - 1;
        });
        values.set(size, send.value());
        sequences.set(size, send.sequence());
        sessions.set(size, send.session());
        keys.set(size, send.key());
        facts.set(
                size,
                partition << PARTITION_SHIFT
                        | (send.idempotent() ? IDEMPOTENT : 0)
                        | send.acks().ordinal());
        size++;
        if (size > slots.length / 3 * 2) {
            grow();
        } else {
            slots[slotOf(send.value())] = size;
        }
    }

    void acknowledged(int send) {
        facts.set(send, facts.get(send) | OK);
    }

    void failed(int send) {
        facts.set(send, facts.get(send) | FAILED);
    }

    /** The number of the send of this value, -1 when nobody sent it so far. */
    int find(long value) {
        return slots[slotOf(value)] - 1;
    }

    long value(int send) {
        return values.get(send);
    }

    long sequence(int send) {
        return sequences.get(send);
    }

    long session(int send) {
        return sessions.get(send);
    }

    long key(int send) {
        return keys.get(send);
    }

    TopicPartition partition(int send) {
        return partitions.get(facts.get(send) >>> PARTITION_SHIFT);
    }

    Call.Acks acks(int send) {
        return switch (facts.get(send) & ACKS) {
            case 0 -> Call.Acks.NONE;
            case 1 -> Call.Acks.LEADER;
            default -> Call.Acks.ALL;
        };
    }

    boolean isIdempotent(int send) {
        return (facts.get(send) & IDEMPOTENT) != 0;
    }

    boolean isAcknowledged(int send) {
        return (facts.get(send) & OK) != 0;
    }

    boolean isFailed(int send) {
        return (facts.get(send) & FAILED) != 0;
    }

    /** The slot that holds the value, or the free one where it belongs. */
    private int slotOf(long value) {
        int mask = slots.length - 1;
        int slot = (int) (mix(value) & mask);
        while (slots[slot] != 0 && values.get(slots[slot] - 1) != value) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void grow() {
        slots = Arrays.copyOf(slots, slots.length * 2);
        Arrays.fill(slots, 0);
        for (int send = 0; send < size; send++) {
            slots[slotOf(values.get(send))] = send + 1;
        }
    }

    /** Values may be counters; the finisher of MurmurHash3 spreads them. */
    private static long mix(long value) {
        long mixed = (value ^ value >>> 33) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ mixed >>> 33;
    }
}
