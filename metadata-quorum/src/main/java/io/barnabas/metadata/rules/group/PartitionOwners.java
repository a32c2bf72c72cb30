package io.barnabas.metadata.rules.group;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Which member of a group may be using a partition: it has it, or has not said yet that it gave it up. */
final class PartitionOwners {

    private final Map<UUID, Map<Integer, String>> owners = new HashMap<>();

    /** Whether a member other than that one may be using the partition. */
    boolean heldByOther(String memberId, UUID topic, int partition) {
        String owner = owners.getOrDefault(topic, Map.of()).get(partition);
        return owner != null && !owner.equals(memberId);
    }

    /** The member has changed from what it was to what it is; null is one that is not there. */
    void changed(ConsumerMember before, ConsumerMember after) {
        if (before != null) {
            release(before.id(), before.assigned());
            release(before.id(), before.revoking());
        }
        if (after != null) {
            take(after.id(), after.assigned());
            take(after.id(), after.revoking());
        }
    }

    private void take(String memberId, Map<UUID, Set<Integer>> partitions) {
        partitions.forEach((topic, numbers) -> {
            Map<Integer, String> ofTopic = owners.computeIfAbsent(topic, any -> new HashMap<>());
            numbers.forEach(number -> ofTopic.put(number, memberId));
        });
    }

    private void release(String memberId, Map<UUID, Set<Integer>> partitions) {
        partitions.forEach((topic, numbers) -> {
            Map<Integer, String> ofTopic = owners.get(topic);
            if (ofTopic != null) {
                // A member that takes the place of another has them already when that one goes.
                numbers.forEach(number -> ofTopic.remove(number, memberId));
                if (ofTopic.isEmpty()) {
                    owners.remove(topic);
                }
            }
        });
    }
}
