package io.barnabas.metadata;

import io.barnabas.metadata.MetadataQuorum.Subscription;
import io.barnabas.metadata.rules.MetadataImage;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands every image to the subscribers, in order and on one thread, and wakes those who wait for a Raft index. */
final class ImagePublisher implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ImagePublisher.class);

    /** What comes after the close concerns nobody any more, and must not fail Raft's thread that brings it. */
    private final ExecutorService thread = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("metadata-publisher").factory(),
            new ThreadPoolExecutor.DiscardPolicy());

    private final List<Consumer<MetadataImage>> subscribers = new CopyOnWriteArrayList<>();
    private final NavigableMap<Long, CompletableFuture<Void>> waiting = new TreeMap<>();
    private long appliedIndex = -1;
    /** The image last handed out; touched by the publisher's thread alone. */
    private MetadataImage published = MetadataImage.EMPTY;

    void publish(MetadataImage image, long index) {
        thread.execute(() -> {
            if (image != published) {
                published = image;
                subscribers.forEach(subscriber -> tell(subscriber, image));
            }
        });
        List<CompletableFuture<Void>> due;
        synchronized (waiting) {
            appliedIndex = Math.max(appliedIndex, index);
            NavigableMap<Long, CompletableFuture<Void>> reached = waiting.headMap(appliedIndex, true);
            due = List.copyOf(reached.values());
            reached.clear();
        }
        due.forEach(waiter -> waiter.complete(null));
    }

    private static void tell(Consumer<MetadataImage> subscriber, MetadataImage image) {
        try {
            subscriber.accept(image);
        } catch (RuntimeException e) {
            LOG.error("a subscriber failed on metadata image {}", image.index(), e);
        }
    }

    /** Completes once this node has applied the index, on Raft's thread: nothing that takes time may hang on it. */
    CompletableFuture<Void> reached(long index) {
        synchronized (waiting) {
            return appliedIndex >= index
                    ? CompletableFuture.completedFuture(null)
                    : waiting.computeIfAbsent(index, i -> new CompletableFuture<>());
        }
    }

    Subscription subscribe(Consumer<MetadataImage> subscriber) {
        thread.execute(() -> {
            subscribers.add(subscriber);
            tell(subscriber, published);
        });
        return () -> thread.execute(() -> subscribers.remove(subscriber));
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
