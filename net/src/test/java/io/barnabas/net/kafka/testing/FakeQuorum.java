package io.barnabas.net.kafka.testing;

import io.barnabas.metadata.GroupRecords;
import io.barnabas.metadata.MetadataQuorum;
import io.barnabas.metadata.MetadataUnavailableException;
import io.barnabas.metadata.QuorumStatus;
import io.barnabas.metadata.rules.CommandReply;
import io.barnabas.metadata.rules.CommandResult;
import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.MetadataRules;
import io.barnabas.metadata.rules.Outcome;
import io.barnabas.metadata.rules.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A quorum of one that applies the real rules at once, in memory, and can be made unavailable. */
public final class FakeQuorum implements MetadataQuorum {

    private final List<Consumer<MetadataImage>> listeners = new CopyOnWriteArrayList<>();
    private volatile MetadataImage image = MetadataImage.EMPTY;
    private volatile MetadataImage seen = MetadataImage.EMPTY;
    private volatile QuorumStatus status = new QuorumStatus(1, 1, 0, new ArrayList<>(), new ArrayList<>());
    private volatile boolean available = true;

    @Override
    public MetadataImage image() {
        return seen;
    }

    @Override
    public CompletableFuture<CommandResult> propose(MetadataCommand command) {
        if (!available) {
            return CompletableFuture.failedFuture(new MetadataUnavailableException("no majority", null));
        }
        return CompletableFuture.completedFuture(apply(command));
    }

    /** Applies a command, whether or not the quorum is available to others. */
    public synchronized CommandResult apply(MetadataCommand command) {
        return switch (MetadataRules.apply(image, command, image.index() + 1)) {
            case Outcome.Refused refused -> new CommandResult.Refused(refused.reason(), refused.message());
            case Outcome.Changed changed -> {
                image = changed.image();
                seen = image;
                listeners.forEach(listener -> listener.accept(changed.image()));
                yield new CommandResult.Accepted(changed.reply(), image.index());
            }
        };
    }

    /** Applies a command of another node, which this one does not see before a command of its own is answered. */
    public synchronized void applyElsewhere(MetadataCommand command) {
        if (!(MetadataRules.apply(image, command, image.index() + 1) instanceof Outcome.Changed changed)) {
            throw new IllegalArgumentException("refused: " + command);
        }
        image = changed.image();
    }

    /** Whether proposals and heartbeats are answered; when not, each fails at once. */
    public void available(boolean now) {
        available = now;
    }

    /** What {@link #status()} tells from now on. */
    public void status(QuorumStatus now) {
        status = new QuorumStatus(
                now.leader(),
                now.term(),
                now.highWatermark(),
                new ArrayList<>(now.voters()),
                new ArrayList<>(now.observers()));
    }

    @Override
    public synchronized Subscription subscribe(Consumer<MetadataImage> listener) {
        listeners.add(listener);
        listener.accept(image);
        return () -> listeners.remove(listener);
    }

    @Override
    public CompletableFuture<Boolean> heartbeat(long nodeEpoch) {
        return available
                ? CompletableFuture.completedFuture(true)
                : CompletableFuture.failedFuture(new MetadataUnavailableException("no majority", null));
    }

    /** Groups are {@link FakeGroups}' part. */
    @Override
    public GroupRecords groupRecords() {
        throw new UnsupportedOperationException("a fake quorum keeps no group records");
    }

    @Override
    public QuorumStatus status() {
        return status;
    }

    @Override
    public CompletableFuture<CommandResult> addVoter(int nodeId) {
        return image.node(nodeId).isEmpty()
                ? refused(Refusal.UNKNOWN_NODE, "node " + nodeId + " is not registered")
                : changeVoters(nodeId, false, () -> status.voters().add(member(nodeId)));
    }

    @Override
    public CompletableFuture<CommandResult> removeVoter(int nodeId) {
        return changeVoters(nodeId, true, () -> status.voters().removeIf(member -> member.nodeId() == nodeId));
    }

    @Override
    public CompletableFuture<CommandResult> transferLeadership(int nodeId) {
        return changeVoters(
                nodeId,
                true,
                () -> status = new QuorumStatus(
                        nodeId, status.term() + 1, status.highWatermark(), status.voters(), status.observers()));
    }

    private synchronized CompletableFuture<CommandResult> changeVoters(int nodeId, boolean voter, Runnable change) {
        if (!available) {
            return CompletableFuture.failedFuture(new MetadataUnavailableException("no majority", null));
        }
        if (status.voters().stream().anyMatch(member -> member.nodeId() == nodeId) != voter) {
            return refused(
                    voter ? Refusal.VOTER_NOT_FOUND : Refusal.DUPLICATE_VOTER,
                    "node " + nodeId + (voter ? " does not vote" : " votes already"));
        }
        change.run();
        return CompletableFuture.completedFuture(new CommandResult.Accepted(new CommandReply.Done(), image.index()));
    }

    private static CompletableFuture<CommandResult> refused(Refusal reason, String message) {
        return CompletableFuture.completedFuture(new CommandResult.Refused(reason, message));
    }

    private static QuorumStatus.Member member(int nodeId) {
        return new QuorumStatus.Member(nodeId, 0, 0);
    }

    @Override
    public CompletableFuture<Void> resignLeadership() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {
        listeners.clear();
    }
}
