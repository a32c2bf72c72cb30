package io.barnabas.log.index;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings entries into the store on a thread of its own, so that appends never wait for it, and other changes in their
 * order between them. After a write it rests a little: entries then come in batches, and whoever adds one seldom has
 * to wake it.
 */
final class IndexWriter implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(IndexWriter.class);
    private static final int CAPACITY = 1 << 14;
    private static final int BATCH = 1 << 11;
    private static final int ALIVE_CHECK_MS = 200;
    private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** A change of the store. */
    interface Change {
        void apply() throws RocksDBException;
    }

    private sealed interface Task {
        record Add(UUID partition, IndexEntry entry) implements Task {}

        record Mark(UUID partition, SegmentMark mark, long generation) implements Task {}

        record Do(Change change, CompletableFuture<Void> done, boolean last) implements Task {}
    }

    private final Supplier<IndexStore> store;
    private final LongSupplier generation;
    private final Consumer<RocksDBException> failed;
    private final BlockingQueue<Task> queue = new ArrayBlockingQueue<>(CAPACITY);
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final Thread thread;

    /**
     * @param store the store of the moment
     * @param generation what must not have changed since a mark was made
     * @param failed is told, on the writer's thread, why entries could not be stored
     */
    IndexWriter(Supplier<IndexStore> store, LongSupplier generation, Consumer<RocksDBException> failed) {
        this.store = store;
        this.generation = generation;
        this.failed = failed;
        this.thread = Thread.ofPlatform().name("log-index-writer").daemon().start(this::run);
    }

    boolean isClosing() {
        return closing.get();
    }

    long dropped() {
        return dropped.get();
    }

    /** Takes an entry unless too many wait. */
    boolean offer(UUID partition, IndexEntry entry) {
        boolean taken = queue.offer(new Task.Add(partition, entry));
        if (!taken) {
            dropped.incrementAndGet();
        }
        return taken;
    }

    /** Takes a mark unless too many wait. */
    void offer(UUID partition, SegmentMark mark, long generation) {
        boolean taken = queue.offer(new Task.Mark(partition, mark, generation));
        if (!taken) {
            dropped.incrementAndGet();
        }
    }

    /** Makes a change after all entries that were added before, some time; errors are logged. */
    void enqueue(Change change) {
        Task.Do task = new Task.Do(change, new CompletableFuture<>(), false);
        task.done().exceptionally(e -> {
            LOG.warn("the index cannot be written: {}", e.getMessage());
            return null;
        });
        queueUp(task);
    }

    /** Takes an entry, and waits for room. */
    void put(UUID partition, IndexEntry entry) {
        queueUp(new Task.Add(partition, entry));
    }

    private void queueUp(Task task) {
        while (!queue.offer(task)) {
            if (closing.get()) {
                return;
            }
            LockSupport.unpark(thread);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    /** Makes a change after all entries that were added before, and waits for it. */
    void runInOrder(Change change) throws IOException {
        if (closing.get()) {
            throw new IOException("the index is closed");
        }
        await(new Task.Do(change, new CompletableFuture<>(), false));
    }

    private void await(Task.Do task) throws IOException {
        while (!queue.offer(task)) {
            LockSupport.unpark(thread);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        LockSupport.unpark(thread);
        while (true) {
            try {
                task.done().get(ALIVE_CHECK_MS, TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException e) {
                if (!thread.isAlive()) {
                    task.done().completeExceptionally(new IOException("the index is closed"));
                }
            } catch (ExecutionException e) {
                throw new IOException(
                        "the index cannot be written: " + e.getCause().getMessage(), e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while the index was written");
            }
        }
    }

    private void run() {
        List<Task> tasks = new ArrayList<>(BATCH);
        boolean running = true;
        while (running) {
            tasks.clear();
            try {
                tasks.add(queue.take());
            } catch (InterruptedException e) {
                // Nobody stops this thread but close(), which sends its last task.
                continue;
            }
            queue.drainTo(tasks, BATCH - 1);
            running = apply(tasks);
            if (running && queue.size() < BATCH) {
                LockSupport.parkNanos(this, REST_NANOS);
            }
        }
        for (Task left = queue.poll(); left != null; left = queue.poll()) {
            if (left instanceof Task.Do task) {
                task.done().completeExceptionally(new IOException("the index is closed"));
            }
        }
    }

    private boolean apply(List<Task> tasks) {
        boolean running = true;
        List<Map.Entry<UUID, IndexEntry>> adds = new ArrayList<>();
        for (Task task : tasks) {
            switch (task) {
                case Task.Add add -> adds.add(Map.entry(add.partition(), add.entry()));
                case Task.Mark mark -> {
                    put(adds);
                    adds.clear();
                    put(mark);
                }
                case Task.Do ordered -> {
                    put(adds);
                    adds.clear();
                    running &= !ordered.last();
                    try {
                        ordered.change().apply();
                        ordered.done().complete(null);
                    } catch (RocksDBException | RuntimeException e) {
                        ordered.done().completeExceptionally(e);
                    }
                }
            }
        }
        put(adds);
        return running;
    }

    private void put(List<Map.Entry<UUID, IndexEntry>> adds) {
        if (adds.isEmpty()) {
            return;
        }
        try {
            store.get().put(adds);
        } catch (RocksDBException e) {
            dropped.addAndGet(adds.size());
            failed.accept(e);
        }
    }

    private void put(Task.Mark mark) {
        if (mark.generation() != generation.getAsLong()) {
            return;
        }
        try {
            store.get().putMark(mark.partition(), mark.mark());
        } catch (RocksDBException e) {
            dropped.incrementAndGet();
            failed.accept(e);
        }
    }

    /** Stores what is waiting, makes it durable and ends the thread. */
    @Override
    public void close() throws IOException {
        if (closing.compareAndSet(false, true)) {
            await(new Task.Do(() -> store.get().flush(), new CompletableFuture<>(), true));
        }
    }
}
