package io.barnabas.net.node.rules;

import io.barnabas.log.rules.rest.RestPoint;
import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.NodeInfo;
import io.barnabas.metadata.rules.PartitionInfo;
import java.util.Optional;

/** What the metadata says of a replica that rests. */
public enum RestRule {
    /** It may rest on. */
    REST,
    /** It must be awake: another may lead, or elects with it. */
    WAKE,
    /** It must be awake, and is the one of its group that stands for election. */
    LEAD,
    /** Nothing can be said yet. */
    UNKNOWN;

    /**
     * Decides.
     *
     * @param image one that shows the registration of this very process
     * @param nodeId this node
     * @param point where the replica rests
     * @param partition what the metadata shows of it
     * @param patient whether a leader that is away may be on its way back, since this node has just started
     */
    public static RestRule of(
            MetadataImage image, int nodeId, RestPoint point, PartitionInfo partition, boolean patient) {
        boolean replaced = partition.leaderEpoch() > point.term()
                || partition.leaderEpoch() == point.term() && partition.leader() != point.leader();
        if (replaced) {
            return WAKE;
        }
        if (isLive(image, point.leader())) {
            return REST;
        }
        if (patient || point.leader() == nodeId) {
            return UNKNOWN;
        }
        Optional<Integer> first =
                point.members().stream().filter(id -> isLive(image, id)).findFirst();
        return first.filter(id -> id == nodeId).isPresent() ? LEAD : WAKE;
    }

    private static boolean isLive(MetadataImage image, int id) {
        return image.node(id).filter(node -> !node.fenced()).map(NodeInfo::id).isPresent();
    }
}
