package io.barnabas.net.kafka.handler;

import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.net.kafka.Broker;
import io.netty.channel.EventLoop;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Waits until every partition of a topic is led, so that whoever created it can produce to it at once. */
final class TopicReadiness {

    private static final long POLL_MS = 10;

    /** A topic without leaders by then has lost nodes; its creator learns more from Metadata than from waiting. */
    private static final long MAX_WAIT_MS = 10_000;

    private final Broker broker;

    TopicReadiness(Broker broker) {
        this.broker = broker;
    }

    /**
     * Completes when the topic is led, is gone again, or half of the client's timeout is over: the answer has to reach
     * the client before it gives up, for it would ask again and be told that the topic exists already.
     */
    CompletableFuture<Void> await(String topic, EventLoop timer, long timeoutMs) {
        CompletableFuture<Void> ready = new CompletableFuture<>();
        long waitMs = Math.min(Math.max(0, timeoutMs) / 2, MAX_WAIT_MS);
        look(topic, timer, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMs), ready);
        return ready;
    }

    private void look(String name, EventLoop timer, long deadlineNanos, CompletableFuture<Void> ready) {
        ClusterView view = new ClusterView(broker);
        Optional<TopicInfo> topic = view.image().topic(name);
        if (topic.isEmpty() || view.isLed(topic.get()) || System.nanoTime() - deadlineNanos >= 0) {
            ready.complete(null);
        } else {
            timer.schedule(() -> look(name, timer, deadlineNanos, ready), POLL_MS, TimeUnit.MILLISECONDS);
        }
    }
}
