package org.apache.ratis.util;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.util.ServerStringUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** No signal is lost, and an updater without work is left alone. */
@Timeout(60)
class AwaitForSignalTest {

    private static final int ROUNDS = 20_000;

    private static CompletableFuture<Boolean> waiting(AwaitForSignal signal, long millis) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return signal.await(millis, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                throw new CompletionException(e);
            }
        });
    }

    @Test
    void aSignalIsKeptForTheOneWhoWaitsNextAndTakenOnce() throws InterruptedException {
        AwaitForSignal signal = new AwaitForSignal("test");

        signal.signal();
        signal.signal();

        assertThat(signal.await(1, TimeUnit.MINUTES)).isTrue();
        assertThat(signal.await(1, TimeUnit.MILLISECONDS)).isFalse();
        signal.signal();
        signal.await();
        assertThat(signal.await(1, TimeUnit.MILLISECONDS)).isFalse();
    }

    @Test
    void whoWaitsIsWoken() {
        AwaitForSignal signal = new AwaitForSignal("test");
        CompletableFuture<Boolean> waiting =
                waiting(signal, Duration.ofMinutes(1).toMillis());

        signal.signal();

        assertThat(waiting.join()).isTrue();
    }

    /** As an updater does: looks, and waits if there is nothing. One signal that gets lost, and it waits a minute. */
    @Test
    void whoLooksBeforeItWaitsMissesNothing() throws Exception {
        AwaitForSignal signal = new AwaitForSignal("test");
        AtomicLong committed = new AtomicLong();
        AtomicLong applied = new AtomicLong();
        Thread updater = Thread.ofPlatform().start(() -> {
            while (applied.get() < ROUNDS) {
                while (applied.get() >= committed.get()) {
                    try {
                        signal.await(1, TimeUnit.MINUTES);
                    } catch (InterruptedException e) {
                        return;
                    }
                }
                applied.set(committed.get());
            }
        });

        for (long round = 1; round <= ROUNDS; round++) {
            committed.set(round);
            signal.signal();
            while (applied.get() < round && !Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait();
            }
        }

        updater.join();
        assertThat(applied).hasValue(ROUNDS);
    }

    @Test
    void anUpdaterWithoutWorkIsLeftAloneAndOthersAreNot() throws Exception {
        RaftGroupMemberId member = RaftGroupMemberId.valueOf(RaftPeerId.valueOf("1"), RaftGroupId.randomId());
        Class<?> updater = Class.forName("org.apache.ratis.server.impl.StateMachineUpdater");
        AwaitForSignal signal = new AwaitForSignal(ServerStringUtils.generateUnifiedName(member, updater));

        CompletableFuture<Boolean> other = waiting(new AwaitForSignal(member + "-LogAppender"), 100);
        CompletableFuture<Boolean> idle = waiting(signal, 100);

        assertThat(other.join()).isFalse();
        await().during(Duration.ofMillis(500)).atMost(Duration.ofSeconds(4)).until(() -> !idle.isDone());
        signal.signal();
        assertThat(idle.join()).isTrue();
    }
}
