package io.barnabas.net.node;

import io.barnabas.log.GroupMembers;
import io.barnabas.log.PartitionHost;
import io.barnabas.log.PartitionSpec;
import io.barnabas.metadata.MetadataQuorum;
import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.NodeOverrides;
import io.barnabas.metadata.rules.PartitionInfo;
import io.barnabas.metadata.rules.Reassignment;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.net.node.rules.GroupIds;
import io.barnabas.net.node.rules.LeadRule;
import io.barnabas.net.node.rules.MembershipStep;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node does for the partitions that it leads: it brings their Raft groups to the replicas that the metadata
 * wants, and reports when they are there. Nothing of it is remembered but in the metadata and in the groups themselves,
 * so whoever leads next goes on with it. All state belongs to one thread.
 */
final class PartitionDuties implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PartitionDuties.class);
    private static final long TICK_MS = 250;

    /** Ticks in which every partition is looked at once; one whose metadata have changed is looked at at once. */
    private static final int ROUND_TICKS = 8;

    private static final long RETRY_AFTER_NS = TimeUnit.SECONDS.toNanos(1);

    private final int nodeId;
    private final MetadataQuorum quorum;
    private final PartitionHost host;
    private final LeaderBalance balance;
    private final JoiningReplicas joiners;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("partition-duties").factory());
    private final Map<UUID, Step> underWay = new HashMap<>();
    private final Map<UUID, Long> pausedUntilNs = new HashMap<>();
    private final Map<UUID, String> troubles = new HashMap<>();
    private MetadataImage seen = MetadataImage.EMPTY;
    private int round;
    private long balancedNs;

    /** A step that is being taken towards what a reassignment wants. */
    private record Step(List<Integer> wanted) {}

    /**
     * When leads go back to the preferred replicas by themselves.
     *
     * @param enabled {@code auto.leader.rebalance.enable}
     * @param interval {@code leader.imbalance.check.interval.seconds}
     */
    record LeaderBalance(boolean enabled, Duration interval) {}

    PartitionDuties(int nodeId, MetadataQuorum quorum, PartitionHost host, LeaderBalance balance) {
        this.nodeId = nodeId;
        this.quorum = quorum;
        this.host = host;
        this.balance = balance;
        this.joiners = new JoiningReplicas(nodeId);
        this.balancedNs = System.nanoTime();
    }

    void start() {
        thread.scheduleWithFixedDelay(this::tick, TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
    }

    private void tick() {
        try {
            MetadataImage image = quorum.image();
            long now = System.nanoTime();
            boolean balanceNow =
                    balance.enabled() && now - balancedNs >= balance.interval().toNanos();
            if (balanceNow) {
                balancedNs = now;
            }
            pausedUntilNs.values().removeIf(until -> until - now < 0);
            round = (round + 1) % ROUND_TICKS;
            boolean all = balanceNow || seen.nodes() != image.nodes() || NodeOverrides.isDrained(image, nodeId);
            for (TopicInfo topic : image.topics().values()) {
                TopicInfo before = seen.topic(topic.name()).orElse(null);
                for (PartitionInfo partition : topic.partitions()) {
                    if (partition.leader() == nodeId && (all || isDue(before, topic, partition))) {
                        attend(image, topic, partition, balanceNow);
                    }
                }
            }
            seen = image;
        } catch (RuntimeException e) {
            LOG.error("looking after the partitions led here failed", e);
        }
    }

    private boolean isDue(TopicInfo before, TopicInfo now, PartitionInfo partition) {
        int number = partition.partition();
        return partition.reassignment().isPresent()
                || number % ROUND_TICKS == round
                || before == null
                || before != now
                        && (number >= before.partitions().size()
                                || before.partitions().get(number) != partition);
    }

    private void attend(MetadataImage image, TopicInfo topic, PartitionInfo partition, boolean balanceNow) {
        UUID groupId = GroupIds.of(topic.id(), partition);
        // An image that does not show this very election may be older than what the group has become meanwhile.
        Optional<GroupMembers> group =
                host.groups().members(groupId).filter(members -> members.epoch() == partition.leaderEpoch());
        if (group.isEmpty()) {
            return;
        }
        Step step = underWay.get(groupId);
        if (step != null) {
            breakOffIfUnwanted(topic, partition, groupId, step);
        } else if (!pausedUntilNs.containsKey(groupId)) {
            MembershipStep next = partition.reassignment().isPresent()
                    ? MembershipStep.of(group.get(), partition.wanted())
                    : MembershipStep.tidy(group.get(), partition.wanted());
            if (next instanceof MembershipStep.Settle) {
                next = LeadRule.handOver(image, partition, group.get(), balanceNow)
                        .<MembershipStep>map(MembershipStep.HandOver::new)
                        .orElse(next);
            }
            take(next, image, topic, partition, group.get());
        }
    }

    /** A copy to a replica that is no longer wanted ends only with the lead of the one who asked for it. */
    private void breakOffIfUnwanted(TopicInfo topic, PartitionInfo partition, UUID groupId, Step step) {
        if (!step.wanted().equals(partition.wanted())) {
            LOG.info("{}-{}: {} are no longer wanted", topic.name(), partition.partition(), step.wanted());
            underWay.put(groupId, new Step(partition.wanted()));
            host.groups().resign(groupId).exceptionally(error -> null);
        }
    }

    private void take(
            MembershipStep next, MetadataImage image, TopicInfo topic, PartitionInfo partition, GroupMembers group) {
        UUID groupId = GroupIds.of(topic.id(), partition);
        switch (next) {
            case MembershipStep.Wait wait -> pause(topic, partition, wait.reason());
            case MembershipStep.Settle settle ->
                partition
                        .reassignment()
                        .ifPresent(change ->
                                run(topic, partition, settle(groupId, image, topic, partition, group.nodes(), change)));
            case MembershipStep.HandOver to -> {
                LOG.info("{}-{}: node {} takes the lead over", topic.name(), partition.partition(), to.node());
                run(topic, partition, host.groups().transfer(groupId, to.node()));
            }
            case MembershipStep.Change change -> {
                LOG.info(
                        "{}-{}: replicas {} become {}",
                        topic.name(),
                        partition.partition(),
                        group.nodes(),
                        change.members());
                run(topic, partition, grown(image, topic, partition, group.nodes(), change.members()));
            }
        }
    }

    private CompletableFuture<Void> settle(
            UUID groupId,
            MetadataImage image,
            TopicInfo topic,
            PartitionInfo partition,
            Set<Integer> members,
            Reassignment done) {
        return change(groupId, image, members, members)
                .thenCompose(committed -> quorum.propose(new MetadataCommand.ReassignmentsFinished(List.of(
                        new MetadataCommand.FinishedReassignment(topic.id(), partition.partition(), done.since())))))
                .thenAccept(reported ->
                        LOG.info("{}-{}: replicas are {} now", topic.name(), partition.partition(), done.target()));
    }

    private CompletableFuture<Void> grown(
            MetadataImage image, TopicInfo topic, PartitionInfo partition, Set<Integer> from, Set<Integer> to) {
        List<Integer> joining = to.stream().filter(id -> !from.contains(id)).toList();
        return CompletableFuture.runAsync(
                        () -> {
                            try {
                                joiners.require(image, topic.name(), partition.partition(), joining);
                            } catch (IOException e) {
                                throw new CompletionException(e);
                            }
                        },
                        task -> Thread.ofVirtual().start(task))
                .thenCompose(running -> change(GroupIds.of(topic.id(), partition), image, from, to));
    }

    private CompletableFuture<Void> change(UUID groupId, MetadataImage image, Set<Integer> from, Set<Integer> to) {
        return host.groups().change(groupId, peers(image, from), peers(image, to));
    }

    /** A node that was unregistered can only be one that leaves, where the address does not matter. */
    private static List<PartitionSpec.Peer> peers(MetadataImage image, Collection<Integer> nodes) {
        List<PartitionSpec.Peer> peers = new ArrayList<>();
        for (int id : nodes) {
            peers.add(new PartitionSpec.Peer(
                    id, image.node(id).map(node -> node.partitionAddress()).orElse("")));
        }
        return peers;
    }

    private void run(TopicInfo topic, PartitionInfo partition, CompletableFuture<Void> step) {
        UUID groupId = GroupIds.of(topic.id(), partition);
        underWay.put(groupId, new Step(partition.wanted()));
        step.whenComplete((done, error) -> execute(() -> {
            underWay.remove(groupId);
            if (error == null) {
                troubles.remove(groupId);
            } else {
                Throwable cause =
                        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
                pause(topic, partition, cause.toString());
            }
        }));
    }

    private void pause(TopicInfo topic, PartitionInfo partition, String reason) {
        UUID groupId = GroupIds.of(topic.id(), partition);
        pausedUntilNs.put(groupId, System.nanoTime() + RETRY_AFTER_NS);
        if (!reason.equals(troubles.put(groupId, reason))) {
            LOG.info("{}-{}: cannot go on yet: {}", topic.name(), partition.partition(), reason);
        }
    }

    private void execute(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("closed; a step ended late", e);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
