package io.barnabas.metadata.rules.group;

import java.util.Collection;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;

/** The groups of a shard and what they share. */
final class Groups {

    private final SortedMap<String, Group> byId = new TreeMap<>();
    private final Deadlines deadlines = new Deadlines();
    private final CommittedOffsets offsets;
    private final Supplier<UUID> randomIds;
    private GroupSettings settings;

    Groups(GroupSettings settings, CommittedOffsets offsets, Supplier<UUID> randomIds) {
        this.settings = settings;
        this.offsets = offsets;
        this.randomIds = randomIds;
    }

    Optional<Group> find(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** Adds a group, or replaces the one of its id. */
    void put(Group group) {
        byId.put(group.id(), group);
    }

    void remove(String id) {
        byId.remove(id);
    }

    /** Takes away all that is known of a group without members. */
    void forget(Group group, Turn turn) {
        group.close();
        remove(group.id());
        turn.write(new GroupRecord.GroupRemoved(group.id()));
    }

    Collection<Group> all() {
        return byId.values();
    }

    Deadlines deadlines() {
        return deadlines;
    }

    CommittedOffsets offsets() {
        return offsets;
    }

    UUID randomId() {
        return randomIds.get();
    }

    GroupSettings settings() {
        return settings;
    }

    void settings(GroupSettings changed) {
        settings = changed;
    }
}
