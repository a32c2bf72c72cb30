package io.barnabas.net.kafka.testing;

import io.barnabas.net.kafka.ApiTable;
import io.barnabas.net.kafka.KafkaEventLoops;
import io.barnabas.net.kafka.KafkaListener;
import io.barnabas.net.kafka.KafkaListenerConfig;
import java.io.IOException;
import java.time.Duration;

/** A fake broker behind a real listener on a free port. Closing it fails when a slice was not given back. */
public final class ServedBroker implements AutoCloseable {

    private static final int THREADS = 2;

    private final FakeBroker broker;
    private final KafkaEventLoops loops = new KafkaEventLoops(THREADS);
    private final KafkaListener listener;

    /** Serves the broker with limits that no well-behaved test meets. */
    public ServedBroker(FakeBroker broker) throws IOException {
        this(broker, 100, Duration.ofMinutes(1));
    }

    public ServedBroker(FakeBroker broker, int maxConnections, Duration idleTimeout) throws IOException {
        this.broker = broker;
        this.listener = KafkaListener.bind(
                loops,
                new KafkaListenerConfig(
                        FakeBroker.LISTENER,
                        "127.0.0.1",
                        0,
                        broker.settings().maxRequestBytes(),
                        maxConnections,
                        idleTimeout),
                ApiTable.of(broker));
        broker.register(FakeBroker.ID, listener.port());
    }

    /** The broker behind it. */
    public FakeBroker broker() {
        return broker;
    }

    /** The port it serves. */
    public int port() {
        return listener.port();
    }

    /** Open connections. */
    public int connections() {
        return listener.connections();
    }

    /** A new client. */
    public KafkaSocket connect() throws IOException {
        return new KafkaSocket(port());
    }

    @Override
    public void close() {
        listener.close();
        loops.close();
        int open = broker.partitions().fakes().stream()
                .mapToInt(FakeReplica::openSlices)
                .sum();
        broker.close();
        if (open != 0) {
            throw new AssertionError(open + " slices of the log were not given back");
        }
    }
}
