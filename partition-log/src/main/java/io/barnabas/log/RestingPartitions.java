package io.barnabas.log;

import io.barnabas.log.rules.rest.RestPoint;
import java.util.Collection;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** The replicas of a node that rest: they serve reads without a Raft division. */
public interface RestingPartitions {

    /**
     * A replica at rest.
     *
     * @param point what was agreed on
     * @param confirmed whether the cluster's metadata has been asked, since the node started, if it is still so
     */
    record Resting(UUID groupId, RestPoint point, boolean confirmed) {}

    /** All that rest now. */
    Collection<Resting> resting();

    /** The metadata shows that a replica found at rest when the node started may rest on. */
    void confirm(UUID groupId);

    /**
     * The replica must not rest on: its leader's node is lost, or another leads.
     *
     * @param first whether it is the one of its group that stands for election
     */
    void wake(UUID groupId, boolean first);

    /** Answers a message of another node's {@link QuiesceConfig.Peers}. */
    CompletableFuture<byte[]> answer(byte[] message);
}
