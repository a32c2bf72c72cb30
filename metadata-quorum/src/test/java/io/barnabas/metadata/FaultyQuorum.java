package io.barnabas.metadata;

import io.barnabas.metadata.rules.CommandResult;
import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.MetadataImage;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A node's door to a real quorum that loses group records, or the replies to them, or shows an old image. */
final class FaultyQuorum implements MetadataQuorum {

    private final MetadataQuorum real;
    private final AtomicInteger repliesToLose = new AtomicInteger();
    private final AtomicInteger proposalsToLose = new AtomicInteger();
    private final List<Consumer<MetadataImage>> subscribers = new CopyOnWriteArrayList<>();
    private volatile MetadataImage frozen;

    FaultyQuorum(MetadataQuorum real) {
        this.real = real;
    }

    void loseReplies(int count) {
        repliesToLose.set(count);
    }

    void loseProposals(int count) {
        proposalsToLose.set(count);
    }

    void freeze() {
        frozen = real.image();
    }

    void thaw() {
        frozen = null;
        subscribers.forEach(subscriber -> subscriber.accept(real.image()));
    }

    @Override
    public MetadataImage image() {
        MetadataImage shown = frozen;
        return shown == null ? real.image() : shown;
    }

    @Override
    public Subscription subscribe(Consumer<MetadataImage> listener) {
        subscribers.add(listener);
        return real.subscribe(image -> {
            if (frozen == null) {
                listener.accept(image);
            }
        });
    }

    @Override
    public CompletableFuture<CommandResult> propose(MetadataCommand command) {
        if (command instanceof MetadataCommand.AppendGroupRecords) {
            if (proposalsToLose.getAndUpdate(count -> Math.max(0, count - 1)) > 0) {
                return unavailable();
            }
            if (repliesToLose.getAndUpdate(count -> Math.max(0, count - 1)) > 0) {
                return real.propose(command).thenCompose(result -> unavailable());
            }
        }
        return real.propose(command);
    }

    private static CompletableFuture<CommandResult> unavailable() {
        return CompletableFuture.failedFuture(new MetadataUnavailableException("lost", null));
    }

    @Override
    public GroupRecords groupRecords() {
        return real.groupRecords();
    }

    @Override
    public CompletableFuture<Boolean> heartbeat(long nodeEpoch) {
        return real.heartbeat(nodeEpoch);
    }

    @Override
    public QuorumStatus status() {
        return real.status();
    }

    @Override
    public CompletableFuture<CommandResult> addVoter(int nodeId) {
        return real.addVoter(nodeId);
    }

    @Override
    public CompletableFuture<CommandResult> removeVoter(int nodeId) {
        return real.removeVoter(nodeId);
    }

    @Override
    public CompletableFuture<CommandResult> transferLeadership(int nodeId) {
        return real.transferLeadership(nodeId);
    }

    @Override
    public CompletableFuture<Void> resignLeadership() {
        return real.resignLeadership();
    }

    @Override
    public void close() {
        real.close();
    }
}
