package io.barnabas.chaos.rules.check;

import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Records;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** The log of one partition as it should be, with a high watermark that lags and control records between. */
final class ModelLog {

    private record Entry(long offset, long value, long key, long timestamp) {}

    private final List<Entry> entries = new ArrayList<>();
    private long start;
    private long end;
    private long highWatermark;

    long append(long value, long key, SplittableRandom random) {
        end += random.nextInt(6) == 0 ? 1 : 0;
        entries.add(new Entry(end, value, key, 1000 + 10 * end + random.nextInt(40)));
        return end++;
    }

    long start() {
        return start;
    }

    long highWatermark() {
        return highWatermark;
    }

    void commitAll() {
        highWatermark = end;
    }

    void commitSome(SplittableRandom random) {
        highWatermark = random.nextLong(highWatermark, end + 1);
    }

    /** All above the high watermark is gone; its offsets are given again. */
    void truncate() {
        entries.removeIf(entry -> entry.offset() >= highWatermark);
        end = highWatermark;
    }

    void trim(SplittableRandom random) {
        start = random.nextLong(start, Math.min(highWatermark, start + 10) + 1);
        entries.removeIf(entry -> entry.offset() < start);
    }

    /** Below the high watermark, the last record of each key stays. */
    void compact() {
        Set<Long> later = new HashSet<>();
        List<Entry> kept = new ArrayList<>();
        for (Entry entry : entries.reversed()) {
            if (entry.offset() >= highWatermark || later.add(entry.key())) {
                kept.addFirst(entry);
            }
        }
        entries.clear();
        entries.addAll(kept);
    }

    long anyTimestamp(SplittableRandom random) {
        return random.nextLong(990, 1060 + 10 * end);
    }

    Answer.FoundOffset find(long timestamp) {
        for (Entry entry : entries) {
            if (entry.timestamp() >= timestamp && entry.offset() < highWatermark) {
                return new Answer.FoundOffset(entry.offset(), entry.timestamp());
            }
        }
        return new Answer.FoundOffset(-1, -1);
    }

    /** Reads from one replica, which is as far as the reader saw already or further. */
    Answer.Polled read(long position, long atLeast, SplittableRandom random, int most) {
        long reached = random.nextLong(atLeast, highWatermark + 1);
        List<Entry> found = entries.stream()
                .filter(entry -> entry.offset() >= position && entry.offset() < reached)
                .limit(most)
                .toList();
        long from = Math.max(position, start);
        long next =
                found.size() < most ? Math.max(from, reached) : found.getLast().offset() + 1;
        return new Answer.Polled(
                random.nextInt(3),
                reached,
                start,
                next,
                new Records(
                        found.stream().mapToLong(Entry::offset).toArray(),
                        found.stream().mapToLong(Entry::value).toArray(),
                        found.stream().mapToLong(Entry::timestamp).toArray()));
    }
}
