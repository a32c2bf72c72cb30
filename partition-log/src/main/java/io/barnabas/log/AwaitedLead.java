package io.barnabas.log;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/** Passes through the queue of what is proposed, only to tell when its replica is awake and leads. */
record AwaitedLead(CompletableFuture<Void> led) implements WaitingForLead.Proposal {

    @Override
    public int sizeInBytes() {
        return 0;
    }

    @Override
    public void go() {
        led.complete(null);
    }

    @Override
    public void refuse(AppendRefusal reason, String message) {
        led.completeExceptionally(new IOException(message));
    }
}
