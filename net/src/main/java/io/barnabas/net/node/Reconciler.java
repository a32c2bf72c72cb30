package io.barnabas.net.node;

import io.barnabas.log.LogConfig;
import io.barnabas.log.PartitionHost;
import io.barnabas.log.PartitionReplica;
import io.barnabas.log.PartitionSpec;
import io.barnabas.metadata.MetadataQuorum;
import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.net.node.rules.ReconcilePlan;
import io.barnabas.net.node.rules.ReconcilePlan.Action;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes this node's replicas match the metadata. It plans against the newest image, takes several steps at a time but
 * never two for one group, and plans again when an image came meanwhile or a step failed. All state belongs to one
 * thread.
 */
final class Reconciler implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);
    private static final int STEPS_AT_ONCE = 8;
    private static final Duration STEP_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    /** A plan looks at every partition, and elections alone make many images while a node has many partitions. */
    private static final Duration PLAN_EVERY = Duration.ofMillis(100);

    private final int nodeId;
    private final UUID incarnation;
    private final PartitionHost host;
    private final NewbornReplicas newborns;
    private final Function<TopicInfo, LogConfig> configs;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("reconciler").factory());
    private final AtomicReference<MetadataImage> newest = new AtomicReference<>();
    private final Map<UUID, PartitionSpec> configured = new HashMap<>();
    private final Set<UUID> busy = new HashSet<>();
    private final Deque<Action> steps = new ArrayDeque<>();
    private MetadataImage image = MetadataImage.EMPTY;
    private Optional<Set<UUID>> inherited = Optional.empty();
    private boolean planAgain;
    private boolean planScheduled;
    private long plannedNs = System.nanoTime() - PLAN_EVERY.toNanos();
    private MetadataQuorum.Subscription subscription;

    /** @param newborns is told of each replica that this process is the first to run */
    Reconciler(
            int nodeId,
            UUID incarnation,
            PartitionHost host,
            NewbornReplicas newborns,
            Function<TopicInfo, LogConfig> configs) {
        this.nodeId = nodeId;
        this.incarnation = incarnation;
        this.host = host;
        this.newborns = newborns;
        this.configs = configs;
    }

    /** Follows the quorum's images from now on. */
    void start(MetadataQuorum quorum) {
        subscription = quorum.subscribe(this::offer);
    }

    /** Images that come faster than they are looked at are skipped: the newest says it all. */
    private void offer(MetadataImage next) {
        if (newest.getAndSet(next) == null) {
            run(() -> {
                MetadataImage latest = newest.getAndSet(null);
                boolean same = image.topics() == latest.topics() && image.nodes() == latest.nodes();
                image = latest;
                if (!same) {
                    planSoon();
                }
            });
        }
    }

    /** At once, unless the last plan was a moment ago. */
    private void planSoon() {
        long wait = PLAN_EVERY.toNanos() - (System.nanoTime() - plannedNs);
        if (planScheduled) {
            return;
        }
        if (wait <= 0) {
            plan();
        } else {
            planScheduled = true;
            thread.schedule(() -> guarded(this::plan), wait, TimeUnit.NANOSECONDS);
        }
    }

    private void plan() {
        planScheduled = false;
        plannedNs = System.nanoTime();
        Set<UUID> running =
                host.replicas().stream().map(PartitionReplica::groupId).collect(Collectors.toCollection(HashSet::new));
        if (inherited.isEmpty()) {
            inherited = ReconcilePlan.groups(image, nodeId, incarnation);
        }
        ReconcilePlan plan = ReconcilePlan.of(
                image,
                nodeId,
                incarnation,
                new ReconcilePlan.Local(running, Map.copyOf(configured), inherited.orElse(Set.of())),
                configs);
        steps.clear();
        planAgain = false;
        for (Action action : plan.actions()) {
            if (busy.contains(action.groupId())) {
                planAgain = true;
            } else {
                steps.add(action);
            }
        }
        advance();
    }

    private void advance() {
        while (busy.size() < STEPS_AT_ONCE && !steps.isEmpty()) {
            Action action = steps.remove();
            busy.add(action.groupId());
            take(action)
                    .orTimeout(STEP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                    .whenComplete((done, error) -> run(() -> taken(action, error)));
        }
        if (busy.isEmpty() && planAgain) {
            plan();
        }
    }

    private CompletableFuture<?> take(Action action) {
        try {
            return switch (action) {
                case Action.Add add -> {
                    if (!add.newborn()) {
                        yield host.add(add.spec());
                    }
                    newborns.born(add.groupId());
                    yield host.create(add.spec());
                }
                case Action.Configure configure -> host.add(configure.spec());
                case Action.Recover recover -> host.recover(recover.spec(), recover.from(), recover.epoch());
                case Action.Remove remove -> host.remove(remove.groupId());
            };
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void taken(Action action, Throwable error) {
        busy.remove(action.groupId());
        if (error != null) {
            LOG.warn("{} failed and is tried again: {}", describe(action), error.toString());
            thread.schedule(() -> guarded(this::plan), RETRY_AFTER.toMillis(), TimeUnit.MILLISECONDS);
        } else {
            switch (action) {
                case Action.Add add -> configured.put(add.groupId(), add.spec());
                case Action.Configure configure -> configured.put(configure.groupId(), configure.spec());
                case Action.Recover recover -> {
                    configured.put(recover.groupId(), recover.spec());
                    configured.remove(recover.from());
                }
                case Action.Remove remove -> {
                    configured.remove(remove.groupId());
                    newborns.gone(remove.groupId());
                }
            }
            LOG.debug("{} done", describe(action));
        }
        advance();
    }

    private static String describe(Action action) {
        return switch (action) {
            case Action.Add add -> "starting replica " + name(add.spec());
            case Action.Configure configure -> "configuring replica " + name(configure.spec());
            case Action.Recover recover -> "going on alone with replica " + name(recover.spec());
            case Action.Remove remove -> "removing the replica of group " + remove.groupId();
        };
    }

    private static String name(PartitionSpec spec) {
        return spec.topic() + "-" + spec.partition();
    }

    private void run(Runnable task) {
        try {
            thread.execute(() -> guarded(task));
        } catch (RejectedExecutionException e) {
            LOG.debug("closed; an image or a step came late", e);
        }
    }

    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("reconciling failed", e);
        }
    }

    @Override
    public void close() {
        if (subscription != null) {
            subscription.close();
        }
        thread.shutdownNow();
    }
}
