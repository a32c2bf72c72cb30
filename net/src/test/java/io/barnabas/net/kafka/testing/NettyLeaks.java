package io.barnabas.net.kafka.testing;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails a test class after which a Netty buffer was collected that nobody had released. Registers itself. */
public final class NettyLeaks implements BeforeAllCallback, AfterAllCallback {

    private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();
    private static final int PROBES = 50;

    static {
        // Before the first buffer: allocators take their detector when their class is loaded.
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new ResourceLeakDetectorFactory() {
            @Override
            public <T> ResourceLeakDetector<T> newResourceLeakDetector(
                    Class<T> resource, int interval, long maxActive) {
                return newResourceLeakDetector(resource, interval);
            }

            @Override
            public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int interval) {
                return new Recorder<>(resource, interval);
            }
        });
    }

    private static final class Recorder<T> extends ResourceLeakDetector<T> {
        Recorder(Class<?> resource, int interval) {
            super(resource, interval);
        }

        @Override
        protected boolean needReport() {
            return true;
        }

        @Override
        protected void reportTracedLeak(String resource, String records) {
            LEAKS.add(resource + ": " + records);
        }

        @Override
        protected void reportUntracedLeak(String resource) {
            LEAKS.add(resource);
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        LEAKS.clear();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        System.gc();
        // A leak is reported by the next allocations after its collection.
        for (int probe = 0; probe < PROBES; probe++) {
            ByteBufAllocator.DEFAULT.buffer().release();
        }
        List<String> found = List.copyOf(LEAKS);
        if (!found.isEmpty()) {
            throw new AssertionError(found.size() + " buffers leaked, for example " + found.getFirst());
        }
    }
}
