package io.barnabas.net.kafka.testing;

import io.barnabas.metadata.MetadataQuorum;
import io.barnabas.metadata.MetadataUnavailableException;
import io.barnabas.metadata.QuorumStatus;
import io.barnabas.metadata.rules.CommandResult;
import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.MetadataRules;
import io.barnabas.metadata.rules.Outcome;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A quorum of one that applies the real rules at once, in memory, and can be made unavailable. */
public final class FakeQuorum implements MetadataQuorum {

    private final List<Consumer<MetadataImage>> listeners = new CopyOnWriteArrayList<>();
    private volatile MetadataImage image = MetadataImage.EMPTY;
    private volatile QuorumStatus status = new QuorumStatus(1, 1, 0, List.of(), List.of());
    private volatile boolean available = true;

    @Override
    public MetadataImage image() {
        return image;
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
                listeners.forEach(listener -> listener.accept(changed.image()));
                yield new CommandResult.Accepted(changed.reply(), image.index());
            }
        };
    }

    /** Whether proposals are answered; when not, each fails at once. */
    public void available(boolean now) {
        available = now;
    }

    /** What {@link #status()} tells from now on. */
    public void status(QuorumStatus now) {
        status = now;
    }

    @Override
    public synchronized Subscription subscribe(Consumer<MetadataImage> listener) {
        listeners.add(listener);
        listener.accept(image);
        return () -> listeners.remove(listener);
    }

    @Override
    public CompletableFuture<Boolean> heartbeat(long nodeEpoch) {
        return CompletableFuture.completedFuture(available);
    }

    @Override
    public QuorumStatus status() {
        return status;
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
