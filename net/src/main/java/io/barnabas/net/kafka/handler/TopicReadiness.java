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

    private final Broker broker;

    TopicReadiness(Broker broker) {
        this.broker = broker;
    }

    /** Completes when the topic is led, is gone again, or the time is up. */
    CompletableFuture<Void> await(String topic, EventLoop timer, long timeoutMs) {
        CompletableFuture<Void> ready = new CompletableFuture<>();
        look(topic, timer, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs), ready);
        return ready;
    }

    private void look(String name, EventLoop timer, long deadlineNanos, CompletableFuture<Void> ready) {
        ClusterView view = new ClusterView(broker);
        Optional<TopicInfo> topic = view.image().topic(name);
        if (topic.isEmpty() || view.isLed(topic.get()) || System.nanoTime() >= deadlineNanos) {
            ready.complete(null);
        } else {
            timer.schedule(() -> look(name, timer, deadlineNanos, ready), POLL_MS, TimeUnit.MILLISECONDS);
        }
    }
}
