package io.barnabas.net.node;

import io.barnabas.log.PartitionHost;
import io.barnabas.log.PartitionReplica;
import io.barnabas.log.PartitionReplica.Leadership;
import io.barnabas.metadata.MetadataQuorum;
import io.barnabas.metadata.rules.CommandResult;
import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.MetadataCommand.ElectedLeader;
import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.PartitionInfo;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.net.node.rules.GroupIds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the metadata quorum which partitions are led here, until its image shows it or a later election. Elections
 * that happen while a report is on its way travel together in the next one. All state belongs to the control thread.
 */
final class LeaderReports {

    private static final Logger LOG = LoggerFactory.getLogger(LeaderReports.class);
    private static final int MAX_REPORTED_AT_ONCE = 1000;
    private static final long RETRY_MS = 200;

    /** Each report makes a new image on every node, so those of many partitions' elections travel together. */
    private static final long REPORT_EVERY_MS = 20;

    private final int nodeId;
    private final MetadataQuorum quorum;
    private final PartitionHost host;
    private final ScheduledExecutorService control;
    private final Map<UUID, Election> pending = new LinkedHashMap<>();
    private boolean inFlight;
    private long sentNs = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(REPORT_EVERY_MS);
    private boolean sendScheduled;
    private boolean stopped;

    private record Election(String topic, int epoch) {}

    LeaderReports(int nodeId, MetadataQuorum quorum, PartitionHost host, ScheduledExecutorService control) {
        this.nodeId = nodeId;
        this.quorum = quorum;
        this.host = host;
        this.control = control;
    }

    /** Begins to report; what was elected before is found by looking at every replica, now and then once an interval. */
    void start(Duration sweepInterval) {
        host.onElected(replica -> control.execute(() -> {
            note(replica);
            send();
        }));
        control.scheduleWithFixedDelay(guarded(this::sweep), 0, sweepInterval.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Reports no more. */
    void stop() {
        control.execute(() -> stopped = true);
    }

    private void sweep() {
        host.replicas().forEach(this::note);
        send();
    }

    private void note(PartitionReplica replica) {
        Leadership leadership = replica.leadership();
        if (leadership.local()) {
            pending.put(replica.groupId(), new Election(replica.topic(), leadership.epoch()));
        }
    }

    private void send() {
        if (stopped || inFlight || pending.isEmpty()) {
            return;
        }
        long sinceLastMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sentNs);
        if (sinceLastMs < REPORT_EVERY_MS) {
            sendAfter(REPORT_EVERY_MS - sinceLastMs);
            return;
        }
        Map<UUID, Election> sent = new LinkedHashMap<>();
        List<ElectedLeader> leaders = collect(quorum.image(), sent);
        if (leaders.isEmpty()) {
            if (!pending.isEmpty()) {
                retryLater();
            }
            return;
        }
        inFlight = true;
        sentNs = System.nanoTime();
        quorum.propose(new MetadataCommand.LeadersElected(leaders))
                .whenCompleteAsync((result, error) -> answered(sent, result, error), control);
    }

    private List<ElectedLeader> collect(MetadataImage image, Map<UUID, Election> sent) {
        List<ElectedLeader> leaders = new ArrayList<>();
        Iterator<Map.Entry<UUID, Election>> elections = pending.entrySet().iterator();
        while (elections.hasNext() && leaders.size() < MAX_REPORTED_AT_ONCE) {
            Map.Entry<UUID, Election> election = elections.next();
            UUID groupId = election.getKey();
            if (host.replica(groupId).isEmpty()) {
                elections.remove();
                continue;
            }
            // A topic that the image does not show yet, or never again: the replica is removed then.
            Optional<TopicInfo> topic =
                    image.topic(election.getValue().topic()).filter(known -> GroupIds.belongs(groupId, known.id()));
            if (topic.isEmpty()) {
                continue;
            }
            int partition = GroupIds.partition(groupId);
            int epoch = election.getValue().epoch();
            Optional<PartitionInfo> shown = partition < topic.get().partitions().size()
                    ? Optional.of(topic.get().partitions().get(partition))
                    : Optional.empty();
            // A group of before a recovery leads nothing any more, and is removed.
            boolean known = shown.filter(info -> info.leaderEpoch() >= epoch
                            || !GroupIds.of(topic.get().id(), info).equals(groupId))
                    .isPresent();
            if (known) {
                elections.remove();
                continue;
            }
            leaders.add(new ElectedLeader(topic.get().id(), partition, nodeId, epoch));
            sent.put(groupId, election.getValue());
        }
        return leaders;
    }

    private void answered(Map<UUID, Election> sent, CommandResult result, Throwable error) {
        inFlight = false;
        if (error != null) {
            LOG.debug("a report of {} elections got no answer and is sent again", sent.size(), error);
            retryLater();
            return;
        }
        if (result instanceof CommandResult.Refused refused) {
            LOG.warn("the metadata quorum refuses a report of elections: {}", refused.message());
        }
        sent.forEach(pending::remove);
        send();
    }

    private void retryLater() {
        sendAfter(RETRY_MS);
    }

    private void sendAfter(long waitMs) {
        if (sendScheduled || stopped) {
            return;
        }
        sendScheduled = true;
        control.schedule(
                () -> {
                    sendScheduled = false;
                    send();
                },
                waitMs,
                TimeUnit.MILLISECONDS);
    }

    /** The executor would drop a periodic task that failed once. */
    private static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.error("a periodic task of the node failed", e);
            }
        };
    }
}
