package io.barnabas.net.node.rules;

import io.barnabas.log.GroupMembers;
import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.NodeOverrides;
import io.barnabas.metadata.rules.PartitionInfo;
import java.util.List;
import java.util.Optional;

/** Whether a partition's leader should hand its lead to another replica, which is up to date for it. */
public final class LeadRule {

    private LeadRule() {}

    /**
     * Who should lead instead.
     *
     * @param group the members as the leader sees them
     * @param balance whether a lead goes back to the preferred replica now; a node that is drained hands over at any time
     */
    public static Optional<Integer> handOver(
            MetadataImage image, PartitionInfo partition, GroupMembers group, boolean balance) {
        List<Integer> able = partition.wanted().stream()
                .filter(id -> id != group.self() && mayLead(image, id) && group.keepsUp(id))
                .toList();
        if (NodeOverrides.isDrained(image, group.self())) {
            return able.stream().findFirst();
        }
        int preferred = partition.wanted().getFirst();
        return balance && able.contains(preferred) ? Optional.of(preferred) : Optional.empty();
    }

    private static boolean mayLead(MetadataImage image, int id) {
        return image.node(id).filter(node -> !node.fenced()).isPresent() && !NodeOverrides.isDrained(image, id);
    }
}
