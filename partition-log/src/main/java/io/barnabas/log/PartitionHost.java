package io.barnabas.log;

import io.barnabas.log.directory.LogDirectoryStatus;
import io.barnabas.log.directory.ReplicaMoveStatus;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** All partition replicas of one node. */
public interface PartitionHost extends AutoCloseable {

    /** The replica of that Raft group, when this node runs one. */
    Optional<PartitionReplica> replica(UUID groupId);

    /** All replicas of this node. */
    Collection<PartitionReplica> replicas();

    /**
     * Runs a replica: makes a new one, or gives one that was opened from disk its configuration. Idempotent.
     * Many may be added at the same time.
     */
    CompletableFuture<PartitionReplica> add(PartitionSpec spec);

    /**
     * Runs a replica of a new partition: one that no process of this node ever ran. As {@link #add}, and the group elects
     * its preferred leader without waiting for an election timeout.
     */
    CompletableFuture<PartitionReplica> create(PartitionSpec spec);

    /** Stops a replica and deletes its files. */
    CompletableFuture<Void> remove(UUID groupId);

    /**
     * Makes a replica that failed anew from its peers: it leaves its group, loses its files, joins again and copies its
     * leader's log.
     *
     * @return completes when the replica runs again and copies; exceptionally with an {@link java.io.IOException} that
     *     says why, when it is well or the other replicas cannot go on without it
     */
    CompletableFuture<Void> repair(UUID groupId);

    /**
     * Runs a replica, alone, with the files of the one that it has in another group, which has lost its majority. All
     * that the replica holds counts as committed. Idempotent; a replica whose files are gone begins empty.
     *
     * @param spec the replica in its new group
     * @param from its group so far
     * @param epoch Raft terms of the new group are above this one, and above those that the replica has seen
     * @return fails with an {@link java.io.IOException} when the replica has failed or its files cannot be used
     */
    CompletableFuture<PartitionReplica> recover(PartitionSpec spec, UUID from, int epoch);

    /** The node's log directories, in the order of {@code log.dirs}. */
    List<LogDirectoryStatus> directories();

    /**
     * The log directory where a replica lives, whether that is well or not; empty when this node has none of the group,
     * or when the directory is no longer among {@code log.dirs}.
     */
    Optional<Path> directoryOf(UUID groupId);

    /**
     * Lets a replica live in another log directory of this node. It serves from where it is until it is copied, stops
     * for the rest, and goes on from there; nothing happens when it lives there. One that has failed is repaired, and
     * fetched into that directory.
     *
     * @return completes when it is done; at once exceptionally when it cannot begin, since the directory is not in
     *     {@code log.dirs} or offline, the replica is not here, or another move of it goes on
     */
    CompletableFuture<Void> place(UUID groupId, Path directory);

    /** Replicas that are being copied to other directories. */
    List<ReplicaMoveStatus> moves();

    /** The Raft groups of the replicas that lead here. */
    PartitionGroups groups();

    /** The replicas that rest. */
    RestingPartitions resting();

    /** Calls {@code listener} whenever a replica of this node becomes leader; must not block. */
    void onElected(Consumer<PartitionReplica> listener);

    /** Hands the leadership of every partition led here to another replica, for a graceful stop. Completes when tried. */
    CompletableFuture<Void> resignLeaderships();

    @Override
    void close();
}
