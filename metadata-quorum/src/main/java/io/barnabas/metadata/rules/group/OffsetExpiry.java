package io.barnabas.metadata.rules.group;

import io.barnabas.metadata.rules.group.GroupRecord.CommittedOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Takes away offsets that nobody has needed for long (KIP-211): of a group that is empty, or of a topic that no member
 * is subscribed to; and those of topics that are no more. A group that has neither members nor offsets goes too.
 */
final class OffsetExpiry {

    /**
     * Commits that are under way are not in the store yet. A group that committed within this time is left for the next
     * check, or the removal of the old offset would take the new one away.
     */
    static final long UNDER_WAY_MS = 30_000;

    private final Groups groups;
    private final Map<String, Long> committedMs = new HashMap<>();
    private OptionalLong nextCheckMs = OptionalLong.empty();

    OffsetExpiry(Groups groups) {
        this.groups = groups;
    }

    void loaded(long nowMs) {
        nextCheckMs = OptionalLong.of(nowMs + groups.settings().offsets().checkIntervalMs());
    }

    OptionalLong nextCheckMs() {
        return nextCheckMs;
    }

    /** The group commits now. */
    void committed(String group, long nowMs) {
        committedMs.put(group, nowMs);
    }

    /** Checks all groups, if it is time to. */
    void check(Turn turn) {
        if (nextCheckMs.isEmpty() || nextCheckMs.getAsLong() > turn.nowMs()) {
            return;
        }
        loaded(turn.nowMs());
        committedMs.values().removeIf(atMs -> atMs + UNDER_WAY_MS <= turn.nowMs());
        for (Group group : List.copyOf(groups.all())) {
            if (!committedMs.containsKey(group.id())) {
                check(group, turn);
            }
        }
    }

    private void check(Group group, Turn turn) {
        List<CommittedOffset> offsets = groups.offsets().offsets(group.id());
        List<CommittedOffset> expired = offsets.stream()
                .filter(offset -> !OffsetRules.ofLivingTopic(offset, turn.image()) || expired(group, offset, turn))
                .toList();
        if (expired.size() == offsets.size() && group.isEmpty() && !group.awaited()) {
            groups.forget(group, turn);
        } else {
            expired.forEach(offset ->
                    turn.write(new GroupRecord.OffsetRemoved(group.id(), offset.topic(), offset.partition())));
        }
    }

    private boolean expired(Group group, CommittedOffset offset, Turn turn) {
        OptionalLong sinceMs = group.unusedSinceMs(offset);
        if (sinceMs.isEmpty() || group.subscribedTo(offset.topic())) {
            return false;
        }
        long retentionMs = groups.settings().offsets().retentionMs();
        return turn.nowMs() >= offset.expiresMs().orElse(sinceMs.getAsLong() + retentionMs);
    }

    /** Takes away the offsets of topics that were deleted just now, in groups that do not commit at this moment. */
    void topicsDeleted(Set<String> topics, Turn turn) {
        for (Group group : groups.all()) {
            if (committedMs.getOrDefault(group.id(), Long.MIN_VALUE / 2) + UNDER_WAY_MS > turn.nowMs()) {
                continue;
            }
            for (CommittedOffset offset : groups.offsets().offsets(group.id())) {
                if (topics.contains(offset.topic())) {
                    turn.write(new GroupRecord.OffsetRemoved(group.id(), offset.topic(), offset.partition()));
                }
            }
        }
    }
}
