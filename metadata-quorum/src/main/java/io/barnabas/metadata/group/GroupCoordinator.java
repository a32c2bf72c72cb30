package io.barnabas.metadata.group;

import io.barnabas.metadata.rules.group.GroupRequest;
import io.barnabas.metadata.rules.group.GroupResponse;
import io.barnabas.metadata.rules.group.GroupSummary;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** This node's part in coordinating groups: all shards that the metadata image gives it. */
public interface GroupCoordinator extends AutoCloseable {

    /**
     * Asks the coordinator of the request's group; from any thread, without blocking. The future never fails: a group
     * of another node's shard is refused with {@code NOT_COORDINATOR}, one still being read with
     * {@code COORDINATOR_LOAD_IN_PROGRESS}. It completes once all that the answer rests on is committed, which for a
     * join is when the group has gathered. Cancelling it tells that nobody waits any more.
     */
    CompletableFuture<GroupResponse> submit(GroupRequest request);

    /** The groups of the shards that this node coordinates, and has read; never fails. */
    CompletableFuture<List<GroupSummary>> list();

    @Override
    void close();
}
