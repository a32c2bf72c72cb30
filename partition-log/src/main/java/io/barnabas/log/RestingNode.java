package io.barnabas.log;

import io.barnabas.log.rules.rest.RestPoint;
import io.barnabas.log.rules.rest.RestRequest;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** What a replica that rests or wakes needs of its node. */
interface RestingNode {

    int nodeId();

    /** Asks another node; completes with no when it does not answer. */
    CompletableFuture<Boolean> put(int to, RestRequest request);

    /** Whether nothing else goes on with the replica; and whether a group's members are those that it shall have. */
    boolean isFree(UUID groupId, Optional<RestPoint> point);

    /** Whether the cluster counts on this node. */
    boolean isHeard();

    /** Runs what closes a division; a few at a time, and nothing once the node stops. */
    void closing(Runnable task);

    /** Takes the group from Ratis, its files stay; completes when the division is closed. */
    CompletableFuture<Void> closeDivision(UUID groupId);

    /** Whether Ratis has the group. */
    boolean runs(UUID groupId);

    /** Gives the group to Ratis again; completes when the division runs. */
    CompletableFuture<?> openDivision(UUID groupId);

    /** Runs what may wait; nothing once the node stops. */
    void run(Runnable task);

    /** For what may wait. */
    Executor blocking();

    /** Whether the node is being closed: what rests stays at rest. */
    boolean isStopping();

    /** {@code partition.quiesce.ms}. */
    long idleMs();

    /** Milliseconds that never go back. */
    long nowMs();
}
