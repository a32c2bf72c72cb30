package io.barnabas.metadata.rules.group;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;

/** When something must have happened, for all groups of a shard; each deadline has one time, or none. */
final class Deadlines {

    /** What a deadline is for. */
    enum Kind {
        /** A member must be heard of. */
        SESSION,
        /** A member that was given an id must join with it. */
        PENDING_JOIN,
        /** The members of a classic group must have joined again. */
        JOIN,
        /** The members of a classic group must have fetched their assignment. */
        SYNC,
        /** A member of a consumer group must have given up what it was told to. */
        REVOCATION,
        /** The expressions that members of a consumer group subscribe to must be resolved again. */
        REGEX
    }

    /**
     * Names a deadline.
     *
     * @param member the member that it is about, empty for the whole group
     */
    record Deadline(String group, Kind kind, String member) {}

    private record Entry(long atMs, long sequence, Deadline deadline) {}

    private final Map<Deadline, Entry> entries = new HashMap<>();
    private final TreeSet<Entry> byTime =
            new TreeSet<>(Comparator.comparingLong(Entry::atMs).thenComparingLong(Entry::sequence));
    private long sequence;

    /** Sets the deadline, instead of the time that it had. */
    void set(String group, Kind kind, String member, long atMs) {
        Deadline deadline = new Deadline(group, kind, member);
        cancel(deadline);
        Entry entry = new Entry(atMs, sequence++, deadline);
        entries.put(deadline, entry);
        byTime.add(entry);
    }

    /** Takes the deadline away, if it is set. */
    void cancel(String group, Kind kind, String member) {
        cancel(new Deadline(group, kind, member));
    }

    boolean isSet(String group, Kind kind, String member) {
        return entries.containsKey(new Deadline(group, kind, member));
    }

    /** Takes away and returns the earliest deadline that has passed. */
    Optional<Deadline> nextPassed(long nowMs) {
        if (byTime.isEmpty() || byTime.first().atMs() > nowMs) {
            return Optional.empty();
        }
        Deadline passed = byTime.first().deadline();
        cancel(passed);
        return Optional.of(passed);
    }

    /** The earliest time set. */
    OptionalLong earliestMs() {
        return byTime.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(byTime.first().atMs());
    }

    private void cancel(Deadline deadline) {
        Entry entry = entries.remove(deadline);
        if (entry != null) {
            byTime.remove(entry);
        }
    }
}
