package io.barnabas.net.node;

import io.barnabas.log.PartitionHost;
import io.barnabas.log.RestingPartitions.Resting;
import io.barnabas.metadata.MetadataQuorum;
import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.PartitionInfo;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.net.node.rules.GroupIds;
import io.barnabas.net.node.rules.RestRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Wakes the partitions at rest whose leader's node is lost, or that are led by another by now. */
final class RestWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RestWatch.class);
    private static final long TICK_MS = 1_000;

    private final int nodeId;
    private final UUID incarnation;
    private final PartitionHost host;
    private final MetadataQuorum quorum;
    private final long patientUntilNs;
    private final AtomicReference<MetadataImage> newest = new AtomicReference<>();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("rest-watch").factory());
    private MetadataQuorum.Subscription subscription;

    /** @param patience how long after the start a leader that is away may be on its way back */
    RestWatch(int nodeId, UUID incarnation, MetadataQuorum quorum, PartitionHost host, Duration patience) {
        this.nodeId = nodeId;
        this.incarnation = incarnation;
        this.quorum = quorum;
        this.host = host;
        this.patientUntilNs = System.nanoTime() + patience.toNanos();
    }

    void start() {
        subscription = quorum.subscribe(this::offer);
        thread.scheduleWithFixedDelay(() -> look(quorum.image()), TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
    }

    /** Images that come faster than they are looked at are skipped. */
    private void offer(MetadataImage next) {
        if (newest.getAndSet(next) == null) {
            try {
                thread.execute(() -> look(newest.getAndSet(null)));
            } catch (RejectedExecutionException e) {
                LOG.debug("closed; an image came late", e);
            }
        }
    }

    private void look(MetadataImage image) {
        try {
            boolean current = image.node(nodeId)
                    .filter(node -> node.incarnation().equals(incarnation))
                    .isPresent();
            // All nodes that lose a leader open their groups in the same order, so that they meet.
            List<Resting> resting = current ? new ArrayList<>(host.resting().resting()) : List.of();
            if (resting.isEmpty()) {
                return;
            }
            resting.sort(Comparator.comparing(Resting::groupId));
            Map<UUID, PartitionInfo> partitions = partitions(image);
            boolean patient = System.nanoTime() - patientUntilNs < 0;
            for (Resting replica : resting) {
                Optional.ofNullable(partitions.get(replica.groupId()))
                        .ifPresent(shown -> look(image, replica, shown, patient));
            }
        } catch (RuntimeException e) {
            LOG.error("looking after partitions at rest failed", e);
        }
    }

    private void look(MetadataImage image, Resting replica, PartitionInfo shown, boolean patient) {
        switch (RestRule.of(image, nodeId, replica.point(), shown, patient)) {
            case REST -> {
                if (!replica.confirmed()) {
                    host.resting().confirm(replica.groupId());
                }
            }
            case WAKE -> host.resting().wake(replica.groupId(), false);
            case LEAD -> host.resting().wake(replica.groupId(), true);
            case UNKNOWN -> {}
        }
    }

    private Map<UUID, PartitionInfo> partitions(MetadataImage image) {
        Map<UUID, PartitionInfo> own = new HashMap<>();
        for (TopicInfo topic : image.topics().values()) {
            for (PartitionInfo partition : topic.partitions()) {
                if (partition.replicas().contains(nodeId)) {
                    own.put(GroupIds.of(topic.id(), partition), partition);
                }
            }
        }
        return own;
    }

    @Override
    public void close() {
        if (subscription != null) {
            subscription.close();
        }
        thread.shutdownNow();
    }
}
