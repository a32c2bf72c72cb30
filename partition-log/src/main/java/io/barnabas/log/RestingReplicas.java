package io.barnabas.log;

import io.barnabas.log.rules.rest.RestPoint;
import io.barnabas.log.rules.rest.RestRequest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the node does for its replicas that rest or wake.
 *
 * @param mayRest whether nothing else goes on with a replica, and a group's members are those that it shall have
 * @param connect connects a replica with its division, which runs
 */
record RestingReplicas(
        int nodeId,
        Quiescing quiescing,
        PartitionDivisions divisions,
        Executor blocking,
        BiPredicate<UUID, Optional<RestPoint>> mayRest,
        Connect connect)
        implements RestingNode {

    private static final Logger LOG = LoggerFactory.getLogger(RestingReplicas.class);

    @FunctionalInterface
    interface Connect {
        void accept(UUID groupId) throws IOException;
    }

    @Override
    public CompletableFuture<Boolean> put(int to, RestRequest request) {
        return quiescing.put(to, request);
    }

    @Override
    public boolean isFree(UUID groupId, Optional<RestPoint> point) {
        return quiescing.isOn() && mayRest.test(groupId, point);
    }

    @Override
    public boolean isHeard() {
        return quiescing.isHeard();
    }

    @Override
    public void closing(Runnable task) {
        quiescing.closing(this::run, task);
    }

    @Override
    public void run(Runnable task) {
        try {
            blocking.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("closed; a partition was going to rest or wake", e);
        }
    }

    @Override
    public CompletableFuture<Void> closeDivision(UUID groupId) {
        return divisions.close(groupId, false);
    }

    @Override
    public boolean runs(UUID groupId) {
        return divisions.runs(groupId);
    }

    @Override
    public CompletableFuture<?> openDivision(UUID groupId) {
        CompletableFuture<Void> open =
                runs(groupId) ? CompletableFuture.completedFuture(null) : divisions.open(groupId, List.of());
        return open.thenRun(() -> {
            try {
                connect.accept(groupId);
            } catch (IOException e) {
                throw new CompletionException(e);
            }
        });
    }

    @Override
    public boolean isStopping() {
        return quiescing.isClosed();
    }

    @Override
    public long idleMs() {
        return quiescing.idleMs();
    }

    @Override
    public long nowMs() {
        return Quiescing.nowMs();
    }
}
