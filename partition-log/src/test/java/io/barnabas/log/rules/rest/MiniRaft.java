package io.barnabas.log.rules.rest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One member of a Raft group (Ongaro and Ousterhout, figure 2), small enough for a simulation: it sends whole logs. Its
 * {@link Disk} outlives it.
 */
final class MiniRaft {

    /** What a member keeps when it stops. */
    static final class Disk {
        long term;
        int votedFor = -1;
        final List<Entry> log = new ArrayList<>();

        long lastTerm() {
            return log.isEmpty() ? 0 : log.getLast().term();
        }
    }

    /** An entry; a value of 0 is a new leader's. */
    record Entry(long term, long value) {}

    /** What members send each other. */
    sealed interface Message {
        long term();

        record AskVote(long term, long lastTerm, int length) implements Message {}

        record Vote(long term, boolean granted) implements Message {}

        record Append(long term, List<Entry> log, int committed) implements Message {}

        record Appended(long term, int matched) implements Message {}
    }

    /** The network. */
    interface Out {
        void send(int to, Message message);
    }

    private final int self;
    private final List<Integer> members;
    private final Disk disk;
    private final Out out;
    private final Set<Integer> votes = new HashSet<>();
    private final Map<Integer, Integer> matched = new HashMap<>();
    private final Map<Integer, Long> heardMs = new HashMap<>();
    private boolean candidate;
    private boolean leading;
    private int leader = -1;
    private int committed;
    private long silentSinceMs;

    MiniRaft(int self, List<Integer> members, Disk disk, long nowMs, Out out) {
        this.self = self;
        this.members = members;
        this.disk = disk;
        this.out = out;
        this.silentSinceMs = nowMs;
    }

    boolean leads() {
        return leading;
    }

    int leader() {
        return leading ? self : leader;
    }

    int committed() {
        return committed;
    }

    long silentMs(long nowMs) {
        return leading ? 0 : nowMs - silentSinceMs;
    }

    /** Whether all members have all of the log, and said so lately. */
    boolean settled(long nowMs) {
        return leading
                && committed == disk.log.size()
                && disk.lastTerm() == disk.term
                && members.stream()
                        .filter(id -> id != self)
                        .allMatch(
                                id -> matched.getOrDefault(id, -1) == disk.log.size() && nowMs - heardMs.get(id) < 500);
    }

    Set<Integer> silentFollowers(long nowMs, long limitMs) {
        Set<Integer> silent = new HashSet<>();
        for (int id : members) {
            if (id != self && nowMs - heardMs.getOrDefault(id, 0L) > limitMs) {
                silent.add(id);
            }
        }
        return silent;
    }

    void stand(long nowMs) {
        disk.term++;
        disk.votedFor = self;
        candidate = true;
        leading = false;
        leader = -1;
        silentSinceMs = nowMs;
        votes.clear();
        votes.add(self);
        for (int id : members) {
            if (id != self) {
                out.send(id, new Message.AskVote(disk.term, disk.lastTerm(), disk.log.size()));
            }
        }
        count(nowMs);
    }

    private void count(long nowMs) {
        if (candidate && 2 * votes.size() > members.size()) {
            candidate = false;
            leading = true;
            matched.clear();
            members.forEach(id -> heardMs.put(id, nowMs));
            disk.log.add(new Entry(disk.term, 0));
            advance();
            heartbeat();
        }
    }

    /** @return the entry's index, or -1 when this member does not lead */
    int append(long value) {
        if (!leading) {
            return -1;
        }
        disk.log.add(new Entry(disk.term, value));
        advance();
        heartbeat();
        return disk.log.size();
    }

    void heartbeat() {
        if (leading) {
            for (int id : members) {
                if (id != self) {
                    out.send(id, new Message.Append(disk.term, List.copyOf(disk.log), committed));
                }
            }
        }
    }

    /** Entries of the present term commit once a majority has them. */
    private void advance() {
        for (int index = disk.log.size(); index > committed; index--) {
            int at = index;
            long have = 1
                    + members.stream()
                            .filter(id -> id != self && matched.getOrDefault(id, 0) >= at)
                            .count();
            if (2 * have > members.size() && disk.log.get(index - 1).term() == disk.term) {
                committed = index;
            }
        }
    }

    void receive(int from, Message message, long nowMs) {
        if (message.term() > disk.term) {
            disk.term = message.term();
            disk.votedFor = -1;
            leading = false;
            candidate = false;
            leader = -1;
        }
        switch (message) {
            case Message.AskVote ask -> {
                boolean upToDate = ask.lastTerm() > disk.lastTerm()
                        || ask.lastTerm() == disk.lastTerm() && ask.length() >= disk.log.size();
                boolean granted = ask.term() == disk.term && upToDate && (disk.votedFor == -1 || disk.votedFor == from);
                if (granted) {
                    disk.votedFor = from;
                    silentSinceMs = nowMs;
                }
                out.send(from, new Message.Vote(disk.term, granted));
            }
            case Message.Vote vote -> {
                if (candidate && vote.term() == disk.term && vote.granted()) {
                    votes.add(from);
                    count(nowMs);
                }
            }
            case Message.Append append -> {
                if (append.term() == disk.term) {
                    take(from, append, nowMs);
                }
            }
            case Message.Appended appended -> {
                if (leading && appended.term() == disk.term) {
                    heardMs.put(from, nowMs);
                    matched.merge(from, appended.matched(), Math::max);
                    advance();
                }
            }
        }
    }

    private void take(int from, Message.Append append, long nowMs) {
        if (leading) {
            throw new AssertionError("two leaders in term " + disk.term + ": " + self + " and " + from);
        }
        candidate = false;
        leader = from;
        silentSinceMs = nowMs;
        // Messages may come in any order: an older one of this term must not shorten the log.
        for (int i = 0; i < append.log().size(); i++) {
            if (i == disk.log.size()) {
                disk.log.add(append.log().get(i));
            } else if (!disk.log.get(i).equals(append.log().get(i))) {
                if (i < committed) {
                    throw new AssertionError("a committed entry is replaced");
                }
                disk.log.subList(i, disk.log.size()).clear();
                disk.log.add(append.log().get(i));
            }
        }
        committed =
                Math.max(committed, Math.min(append.committed(), append.log().size()));
        out.send(from, new Message.Appended(disk.term, append.log().size()));
    }
}
