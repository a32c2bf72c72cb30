package io.barnabas.log;

import io.barnabas.log.rules.rest.RestChoice;
import io.barnabas.log.rules.rest.RestPoint;
import io.barnabas.log.rules.rest.RestRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets the idle replicas of a node rest, and speaks for them with the other nodes. */
final class Quiescing implements RestingPartitions, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Quiescing.class);
    private static final long MIN_TICK_MS = 50;
    private static final long MAX_TICK_MS = 1_000;
    private static final long MISSING_EVERY_MS = 1_000;

    /** Groups led here that go to rest at the same time. */
    private static final int RESTING_AT_ONCE = 100;

    /** Divisions that are closed at the same time; most of it is waiting for Ratis' threads. */
    private static final int CLOSING_AT_ONCE = 128;

    private final Map<UUID, RatisPartitionReplica> replicas;
    private final QuiesceConfig config;
    private final RestChoice choice;
    private final RestCalls calls;
    private volatile boolean closed;
    private final Semaphore closing = new Semaphore(CLOSING_AT_ONCE);
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("partition-quiesce").factory());

    Quiescing(Map<UUID, RatisPartitionReplica> replicas, QuiesceConfig config) {
        this.replicas = replicas;
        this.config = config;
        this.choice = new RestChoice(config.idleMs(), config.awakeMax());
        this.calls = new RestCalls(config.peers());
    }

    void start() {
        if (config.idleMs() > 0) {
            long tickMs = Math.clamp(config.idleMs() / 4, MIN_TICK_MS, MAX_TICK_MS);
            timer.scheduleWithFixedDelay(this::look, tickMs, tickMs, TimeUnit.MILLISECONDS);
        }
        timer.scheduleWithFixedDelay(this::lookForMissing, MISSING_EVERY_MS, MISSING_EVERY_MS, TimeUnit.MILLISECONDS);
    }

    long idleMs() {
        return config.idleMs();
    }

    /** Whether this node lets partitions rest. */
    boolean isOn() {
        return config.idleMs() > 0;
    }

    boolean isHeard() {
        return config.heard().getAsBoolean();
    }

    CompletableFuture<Boolean> put(int to, RestRequest request) {
        return calls.put(to, request);
    }

    void closing(Executor blocking, Runnable task) {
        blocking.execute(() -> {
            closing.acquireUninterruptibly();
            try {
                task.run();
            } finally {
                closing.release();
            }
        });
    }

    static long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    private void look() {
        long now = nowMs();
        int awake = 0;
        int underWay = 0;
        List<RestChoice.Idle<RatisPartitionReplica>> led = new ArrayList<>();
        for (RatisPartitionReplica replica : replicas.values()) {
            switch (replica.rest().state()) {
                case AWAKE, RISING, OPENING -> awake++;
                case ASKING, GATHERING -> underWay++;
                case CLOSING, RESTING, STOPPED -> {}
            }
            try {
                replica.rest().idleMs(now).ifPresent(idle -> led.add(new RestChoice.Idle<>(replica, idle)));
            } catch (RuntimeException e) {
                LOG.debug("{}: cannot say whether it is idle", replica, e);
            }
        }
        choice.choose(led, awake).stream()
                .limit(Math.max(RESTING_AT_ONCE - underWay, 0))
                .forEach(replica -> {
                    try {
                        replica.rest().idle();
                    } catch (RuntimeException e) {
                        LOG.debug("{}: cannot say whether it can rest", replica, e);
                    }
                });
    }

    private void lookForMissing() {
        long now = nowMs();
        for (RatisPartitionReplica replica : replicas.values()) {
            try {
                replica.rest().lookForMissing(now);
            } catch (RuntimeException e) {
                LOG.debug("{}: cannot say whom it misses", replica, e);
            }
        }
    }

    @Override
    public Collection<Resting> resting() {
        List<Resting> resting = new ArrayList<>();
        for (RatisPartitionReplica replica : replicas.values()) {
            Optional<RestPoint> point = replica.rest().resting();
            point.ifPresent(at -> resting.add(
                    new Resting(replica.groupId(), at, replica.rest().isConfirmed())));
        }
        return resting;
    }

    @Override
    public void confirm(UUID groupId) {
        Optional.ofNullable(replicas.get(groupId))
                .ifPresent(replica -> replica.rest().confirm());
    }

    @Override
    public void wake(UUID groupId, boolean first) {
        Optional.ofNullable(replicas.get(groupId))
                .filter(replica -> !closed)
                .ifPresent(replica -> replica.rest().lost(first));
    }

    /** Wishes that other nodes' replicas be awake; completes when they have answered, or not. */
    CompletableFuture<Void> wakeOthers(UUID groupId, Collection<Integer> nodes) {
        return CompletableFuture.allOf(nodes.stream()
                .map(node -> calls.put(node, RestRequest.wake(groupId)))
                .toArray(CompletableFuture[]::new));
    }

    @Override
    public CompletableFuture<byte[]> answer(byte[] message) {
        List<CompletableFuture<Boolean>> answers =
                RestRequest.decode(message).stream().map(this::answer).toList();
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(done -> RestRequest.encodeAnswers(
                        answers.stream().map(CompletableFuture::join).toList()));
    }

    private CompletableFuture<Boolean> answer(RestRequest request) {
        RatisPartitionReplica replica = replicas.get(request.groupId());
        return replica == null || closed
                ? CompletableFuture.completedFuture(false)
                : replica.rest().answer(request);
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        timer.shutdownNow();
    }
}
