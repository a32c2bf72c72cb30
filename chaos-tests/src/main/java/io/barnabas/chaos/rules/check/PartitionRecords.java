package io.barnabas.chaos.rules.check;

import io.barnabas.chaos.rules.history.Call;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * What is known of each offset of one partition: 16 bytes per offset that was acknowledged or read.
 *
 * <p>A send stands as its number + 1, 0 for none. A value that was read but not sent here stands as the negative of its
 * place among the strangers, counted from 1. On a compacted topic, the last offset of each key is kept beside.
 */
final class PartitionRecords {

    /** A value that was read where nobody had sent it. */
    record Stranger(long offset, long value) {}

    /** Two that claim one offset; {@code what} tells how they differ. */
    record Conflict(long offset, long value, String what) {}

    /** An acknowledgement of a leader alone, whose offset went to another record too. */
    record Displaced(long offset, int send) {}

    private final TopicPartition partition;
    private final SentRecords sent;
    private final IntColumn acknowledged = new IntColumn();
    private final IntColumn read = new IntColumn();
    private final LongColumn timestamps = new LongColumn();
    private final List<Stranger> strangers = new ArrayList<>();
    private final List<Conflict> conflicts = new ArrayList<>();
    private final List<Displaced> displaced = new ArrayList<>();
    private final Map<Integer, FinalReading> finalReadings = new HashMap<>();
    private final Map<Long, Long> lastOffsetByKey = new HashMap<>();
    private final boolean compacted;
    private final boolean trimmed;
    private long compared;

    PartitionRecords(TopicPartition partition, SentRecords sent, boolean compacted, boolean trimmed) {
        this.partition = partition;
        this.sent = sent;
        this.compacted = compacted;
        this.trimmed = trimmed;
    }

    void acknowledge(long offset, int send) {
        int known = acknowledged.get(offset);
        compared++;
        if (known == 0) {
            acknowledged.set(offset, send + 1);
            placed(offset, send);
        } else if (sent.acks(send) != Call.Acks.ALL) {
            displaced.add(new Displaced(offset, send));
            preferWhatWasRead(offset);
        } else if (sent.acks(known - 1) != Call.Acks.ALL) {
            displaced.add(new Displaced(offset, known - 1));
            acknowledged.set(offset, send + 1);
            placed(offset, send);
        } else {
            conflicts.add(new Conflict(
                    offset,
                    sent.value(send),
                    "was given to two acknowledged records, values " + sent.value(known - 1) + " and "
                            + sent.value(send)));
        }
    }

    /** Of several that leaders alone acknowledged with one offset, the one that was read is the one that has it. */
    private void preferWhatWasRead(long offset) {
        int reading = read.get(offset);
        int holding = acknowledged.get(offset);
        if (reading <= 0 || holding == 0 || reading == holding || sent.acks(holding - 1) == Call.Acks.ALL) {
            return;
        }
        Displaced preferred = new Displaced(offset, reading - 1);
        if (displaced.remove(preferred)) {
            displaced.add(new Displaced(offset, holding - 1));
            acknowledged.set(offset, reading);
        }
    }

    /** Takes a record that was read; tells which send it is, -1 when nobody sent it to this partition so far. */
    int read(long offset, long value, long timestamp) {
        int send = sent.find(value);
        boolean known = send >= 0 && sent.partition(send).equals(partition);
        int before = read.get(offset);
        compared++;
        if (!known) {
            strangers.add(new Stranger(offset, value));
        }
        if (before == 0) {
            read.set(offset, known ? send + 1 : -strangers.size());
            timestamps.set(offset, timestamp);
            if (known) {
                placed(offset, send);
                preferWhatWasRead(offset);
            }
        } else if (valueOf(before) != value) {
            conflicts.add(
                    new Conflict(offset, value, "was read with value " + valueOf(before) + " and with value " + value));
        } else if (timestamps.get(offset) != timestamp) {
            conflicts.add(new Conflict(
                    offset, value, "was read with timestamp " + timestamps.get(offset) + " and with " + timestamp));
        }
        return known ? send : -1;
    }

    /** The last reading of this client, which this poll begins or continues. */
    FinalReading finalReading(int client, Call.Poll poll) {
        return finalReadings.computeIfAbsent(client, c -> new FinalReading(c, poll));
    }

    private void placed(long offset, int send) {
        if (compacted && sent.key(send) != Call.Send.NO_KEY) {
            lastOffsetByKey.merge(sent.key(send), offset, Math::max);
        }
    }

    private long valueOf(int entry) {
        return entry > 0 ? sent.value(entry - 1) : strangers.get(-entry - 1).value();
    }

    /** Whether a record may go when its key has a later one. */
    boolean isCompacted() {
        return compacted;
    }

    /** Whether the log start offset may move. */
    boolean isTrimmed() {
        return trimmed;
    }

    TopicPartition partition() {
        return partition;
    }

    /** Acknowledged sends by offset, as number + 1. */
    IntColumn acknowledged() {
        return acknowledged;
    }

    /** Records read by offset: sends as number + 1, strangers negative. */
    IntColumn read() {
        return read;
    }

    /** In milliseconds; 0 where nothing was read. */
    long timestamp(long offset) {
        return timestamps.get(offset);
    }

    /** The send at this offset as far as anyone read or acknowledged one, as number + 1, or a stranger. */
    int at(long offset) {
        int entry = read.get(offset);
        return entry != 0 ? entry : acknowledged.get(offset);
    }

    /** All offsets at which something was read or acknowledged, ascending, as by {@link #at}. */
    void forEachKnown(IntColumn.Visit visit) {
        forEachKnown(Long.MIN_VALUE, Long.MAX_VALUE, visit);
    }

    /** The same of the offsets in [from, to), in time for the known ones only. */
    void forEachKnown(long from, long to, IntColumn.Visit visit) {
        IntColumn.forEachOfEither(read, acknowledged, from, to, visit);
    }

    long valueAt(long offset) {
        return valueOf(at(offset));
    }

    /** Whether the topic is compacted and a later record of the same key is known: this one may go. */
    boolean isSuperseded(long offset, int send) {
        long key = sent.key(send);
        return key != Call.Send.NO_KEY && lastOffsetByKey.getOrDefault(key, -1L) > offset;
    }

    List<Stranger> strangers() {
        return strangers;
    }

    List<Conflict> conflicts() {
        return conflicts;
    }

    /** Sends that a leader alone acknowledged at an offset which belongs to another. */
    List<Displaced> displaced() {
        return displaced;
    }

    /** How many reads and acknowledgements were compared with what was known of their offset. */
    long compared() {
        return compared;
    }

    Iterable<FinalReading> finalReadings() {
        return finalReadings.values();
    }

    /** Whether at least one final reader read the partition from its beginning to its end. */
    boolean isFinallyRead() {
        return finalReadings.values().stream().anyMatch(reading -> reading.gap().isEmpty());
    }
}
