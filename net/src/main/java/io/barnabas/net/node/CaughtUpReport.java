package io.barnabas.net.node;

import io.barnabas.log.PartitionHost;
import io.barnabas.log.PartitionReplica;
import io.barnabas.metadata.MetadataQuorum;
import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.NodeInfo;
import io.barnabas.metadata.rules.PartitionInfo;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.net.node.rules.GroupIds;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the metadata quorum when the replicas of this node have what was committed while it was away; only then do they
 * count as in sync, and only then may an operator stop the next node. All state belongs to the control thread.
 */
final class CaughtUpReport {

    private static final Logger LOG = LoggerFactory.getLogger(CaughtUpReport.class);
    private static final long LOOK_EVERY_MS = 200;

    /** A partition that gets no leader shall not hold all others back; as long as Kafka's replica.lag.time.max.ms. */
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(30);

    private final int nodeId;
    private final UUID incarnation;
    private final MetadataQuorum quorum;
    private final PartitionHost host;
    private final ScheduledExecutorService control;
    /** Replicas that had all at some time since this node fell behind: under load each lacks something now and then. */
    private final Set<UUID> reached = new HashSet<>();

    private boolean waiting;
    private long waitingSinceNs;
    private boolean complained;
    private boolean inFlight;

    CaughtUpReport(
            int nodeId, UUID incarnation, MetadataQuorum quorum, PartitionHost host, ScheduledExecutorService control) {
        this.nodeId = nodeId;
        this.incarnation = incarnation;
        this.quorum = quorum;
        this.host = host;
        this.control = control;
    }

    void start() {
        control.scheduleWithFixedDelay(this::look, 0, LOOK_EVERY_MS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            MetadataImage image = quorum.image();
            Optional<NodeInfo> behind = image.node(nodeId)
                    .filter(node -> node.incarnation().equals(incarnation) && !node.fenced() && !node.caughtUp());
            if (behind.isEmpty()) {
                waiting = false;
                reached.clear();
            } else if (!inFlight) {
                List<String> lacking = lacking(image);
                if (lacking.isEmpty() || isOutOfPatience(lacking)) {
                    report(behind.get().epoch());
                }
            }
        } catch (RuntimeException e) {
            LOG.error("looking whether the replicas have caught up failed", e);
        }
    }

    private List<String> lacking(MetadataImage image) {
        List<String> lacking = new ArrayList<>();
        for (TopicInfo topic : image.topics().values()) {
            for (PartitionInfo partition : topic.partitions()) {
                if (partition.replicas().contains(nodeId)
                        && !partition.adding().contains(nodeId)
                        && !hasReached(GroupIds.of(topic.id(), partition))) {
                    lacking.add(topic.name() + "-" + partition.partition());
                }
            }
        }
        return lacking;
    }

    private boolean hasReached(UUID group) {
        if (!reached.contains(group)
                && host.replica(group).filter(CaughtUpReport::isCaughtUpOrLost).isPresent()) {
            reached.add(group);
        }
        return reached.contains(group);
    }

    /** One that has failed is shown as such, and waits for a repair. */
    private static boolean isCaughtUpOrLost(PartitionReplica replica) {
        return replica.isCaughtUp() || replica.status().failure().isPresent();
    }

    private boolean isOutOfPatience(List<String> lacking) {
        long now = System.nanoTime();
        if (!waiting) {
            waiting = true;
            complained = false;
            waitingSinceNs = now;
        }
        boolean out = now - waitingSinceNs > PATIENCE_NS;
        if (out && !complained) {
            complained = true;
            LOG.warn(
                    "counts as in sync, though replicas have not caught up {} s after the start: {}",
                    TimeUnit.NANOSECONDS.toSeconds(PATIENCE_NS),
                    lacking);
        }
        return out;
    }

    private void report(long epoch) {
        inFlight = true;
        quorum.propose(new MetadataCommand.NodeCaughtUp(nodeId, epoch))
                .whenCompleteAsync((result, error) -> inFlight = false, control);
    }
}
