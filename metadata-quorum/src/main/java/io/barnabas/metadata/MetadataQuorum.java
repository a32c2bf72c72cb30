package io.barnabas.metadata;

import io.barnabas.metadata.rules.CommandResult;
import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.MetadataImage;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** This node's door to the metadata quorum, whether the node votes in it or follows as a listener. */
public interface MetadataQuorum extends AutoCloseable {

    /** The newest image this node has applied; never null, {@link MetadataImage#EMPTY} at first. */
    MetadataImage image();

    /**
     * Proposes a change, from any node. The future completes once the command is committed <em>and</em> applied on
     * this node, so that {@link #image()} shows its effect; it fails with {@link MetadataUnavailableException} when no
     * majority answers in time, and then the command may or may not take effect later.
     */
    CompletableFuture<CommandResult> propose(MetadataCommand command);

    /**
     * Calls {@code listener} with every new image, in order, on one thread, beginning with the present one. The
     * listener must not block.
     */
    Subscription subscribe(Consumer<MetadataImage> listener);

    /** Tells the quorum's leader that this node lives; completes with false when the leader no longer knows the epoch. */
    CompletableFuture<Boolean> heartbeat(long nodeEpoch);

    /** The records of groups as this node has applied them; readable until the quorum is closed. */
    GroupRecords groupRecords();

    /** The quorum as this node sees it. */
    QuorumStatus status();

    /**
     * Lets a registered, live node vote in the quorum, which it follows so far. The future completes when the change is
     * committed and this node knows of it, and fails as that of {@link #propose} does.
     */
    CompletableFuture<CommandResult> addVoter(int nodeId);

    /**
     * Takes a voter's vote; a registered node follows from then on. Refused when the other voters that are live would be
     * no majority.
     */
    CompletableFuture<CommandResult> removeVoter(int nodeId);

    /** Makes a voter the quorum's leader. */
    CompletableFuture<CommandResult> transferLeadership(int nodeId);

    /** Hands leadership to another voter when this node leads, for a graceful stop. Completes when tried. */
    CompletableFuture<Void> resignLeadership();

    @Override
    void close();

    /** Ends a subscription when closed. */
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
