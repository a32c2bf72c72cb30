package io.barnabas.net.node;

import io.barnabas.metadata.MetadataQuorum;
import io.barnabas.metadata.rules.CommandReply;
import io.barnabas.metadata.rules.CommandResult;
import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.Refusal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node in the eyes of the metadata quorum.
 *
 * <pre>
 *   joining --registered--> member --heartbeat says unknown--> joining
 *      \                       |
 *       `------- leave() ------+--> left
 * </pre>
 *
 * <p>All state belongs to the control thread.
 */
final class Membership {

    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
    private static final long RETRY_MS = 200;
    private static final long COMPLAIN_EVERY_NS = TimeUnit.SECONDS.toNanos(10);
    private static final int MAX_HEARTBEATS_IN_FLIGHT = 3;
    /** An election of a leader takes less, unless the machine has no processor left for it. */
    private static final long CUT_OFF_NS = TimeUnit.SECONDS.toNanos(1);

    private static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(2);

    private final MetadataQuorum quorum;
    private final ScheduledExecutorService control;
    private final boolean voter;
    private final Duration sessionTimeout;
    private final MetadataCommand.RegisterNode registration;
    private final CompletableFuture<Void> joined = new CompletableFuture<>();
    private final AtomicInteger heartbeatsInFlight = new AtomicInteger();

    private enum State {
        JOINING,
        MEMBER,
        LEFT
    }

    private State state = State.JOINING;
    private long epoch = -1;
    /** When the last heartbeat that was answered was sent; the quorum's patience is counted from a later time. */
    private volatile long heardNs = System.nanoTime();

    /** When this node last knew a leader of the metadata quorum. */
    private volatile long ledNs = System.nanoTime();

    private long complainedNs = System.nanoTime() - COMPLAIN_EVERY_NS;

    Membership(
            MetadataQuorum quorum,
            ScheduledExecutorService control,
            boolean voter,
            Duration sessionTimeout,
            MetadataCommand.RegisterNode registration) {
        this.quorum = quorum;
        this.control = control;
        this.voter = voter;
        this.sessionTimeout = sessionTimeout;
        this.registration = registration;
    }

    /**
     * Registers, however long it takes, and then keeps the registration alive.
     *
     * @return completes when this node's image shows the registration; fails with {@link NodeStartException} when the
     *     quorum will never take this node
     */
    CompletableFuture<Void> join(Duration heartbeatInterval) {
        control.execute(this::register);
        control.scheduleWithFixedDelay(
                guarded(this::heartbeat),
                heartbeatInterval.toMillis(),
                heartbeatInterval.toMillis(),
                TimeUnit.MILLISECONDS);
        return joined;
    }

    private void register() {
        if (state != State.JOINING) {
            return;
        }
        boolean unnamed = voter && quorum.image().clusterId().isEmpty();
        CompletableFuture<CommandResult> named = unnamed
                ? quorum.propose(new MetadataCommand.InitCluster(registration.clusterId()))
                : CompletableFuture.completedFuture(null);
        long registeredNs = System.nanoTime();
        named.thenCompose(result -> result instanceof CommandResult.Refused ? named : quorum.propose(registration))
                .whenCompleteAsync((result, error) -> registered(result, error, registeredNs), control);
    }

    private void registered(CommandResult result, Throwable error, long registeredNs) {
        if (state != State.JOINING) {
            return;
        }
        if (error != null) {
            complain("the metadata quorum does not answer yet: " + messageOf(error));
            retry();
            return;
        }
        switch (result) {
            case CommandResult.Accepted(CommandReply.NodeEpoch reply, long index) -> {
                epoch = reply.epoch();
                state = State.MEMBER;
                heardNs = registeredNs;
                LOG.info(
                        "registered as node {} with epoch {} in cluster {}",
                        registration.nodeId(),
                        epoch,
                        registration.clusterId());
                joined.complete(null);
            }
            case CommandResult.Accepted other ->
                throw new IllegalStateException("unexpected answer to a registration: " + other);
            case CommandResult.Refused(Refusal reason, String message)
            when reason == Refusal.INCONSISTENT_CLUSTER_ID
                    && !quorum.image().clusterId().isEmpty() -> {
                joined.completeExceptionally(new NodeStartException(
                        "the metadata quorum refuses this node: " + message + "; correct quorum.voters or log.dirs"));
                if (!joined.isCompletedExceptionally()) {
                    complain("the metadata quorum refuses this node: " + message);
                    retry();
                }
            }
            case CommandResult.Refused(Refusal reason, String message) -> {
                complain("the metadata quorum refuses this node for now: " + message);
                retry();
            }
        }
    }

    private void retry() {
        control.schedule(this::register, RETRY_MS, TimeUnit.MILLISECONDS);
    }

    private void heartbeat() {
        if (isLed()) {
            ledNs = System.nanoTime();
        }
        if (state != State.MEMBER || heartbeatsInFlight.get() >= MAX_HEARTBEATS_IN_FLIGHT) {
            return;
        }
        heartbeatsInFlight.incrementAndGet();
        long sentWith = epoch;
        long sentNs = System.nanoTime();
        quorum.heartbeat(sentWith)
                .whenCompleteAsync(
                        (known, error) -> {
                            heartbeatsInFlight.decrementAndGet();
                            if (error != null) {
                                complain("a heartbeat got no answer: " + messageOf(error));
                            } else if (!known && state == State.MEMBER && epoch == sentWith) {
                                LOG.warn(
                                        "the metadata quorum does not know epoch {} of this node; registering again",
                                        epoch);
                                state = State.JOINING;
                                register();
                            } else if (known) {
                                heard(sentNs);
                            }
                        },
                        control);
    }

    /**
     * The quorum was told that this node lives. When it had not been told for so long that it may have given this node's
     * duties to others, this node must learn of that before it goes on with them: a process that was frozen has an image
     * of long ago.
     */
    private void heard(long sentNs) {
        if (isHeard()) {
            heardNs = sentNs;
            return;
        }
        // A report of no leaders changes nothing; as any command, it is answered when this node has applied it.
        quorum.propose(new MetadataCommand.LeadersElected(List.of()))
                .whenCompleteAsync(
                        (result, error) -> {
                            if (error == null) {
                                heardNs = sentNs;
                            }
                        },
                        control);
    }

    /**
     * Whether the quorum has heard this node within its session timeout, and this node has since learned what changed
     * while it had not; from any thread.
     */
    boolean isHeard() {
        return System.nanoTime() - heardNs < sessionTimeout.toNanos();
    }

    private boolean isLed() {
        return quorum.status().leader() >= 0;
    }

    /** Whether this node has known no leader of the metadata quorum for a second, and knows none now; from any thread. */
    boolean isCutOff() {
        return System.nanoTime() - ledNs > CUT_OFF_NS && !isLed();
    }

    /** Says good-bye so that clients are not sent here any more; completes when tried. */
    CompletableFuture<Void> leave() {
        return CompletableFuture.supplyAsync(
                        () -> {
                            State before = state;
                            state = State.LEFT;
                            joined.completeExceptionally(
                                    new NodeStartException("the node was stopped while it started"));
                            return before == State.MEMBER
                                    ? quorum.propose(new MetadataCommand.FenceNode(registration.nodeId(), epoch))
                                    : CompletableFuture.<CommandResult>completedFuture(null);
                        },
                        control)
                .thenCompose(fenced -> fenced)
                .orTimeout(LEAVE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .handle((result, error) -> {
                    if (error != null) {
                        LOG.info("could not say good-bye to the metadata quorum: {}", messageOf(error));
                    }
                    return null;
                });
    }

    private void complain(String message) {
        long now = System.nanoTime();
        if (now - complainedNs >= COMPLAIN_EVERY_NS) {
            complainedNs = now;
            LOG.warn(message);
        }
    }

    private static String messageOf(Throwable error) {
        Throwable cause = error.getCause() == null ? error : error.getCause();
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
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
