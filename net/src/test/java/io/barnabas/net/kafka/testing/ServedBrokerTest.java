package io.barnabas.net.kafka.testing;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A test that talks to a fake broker through a real socket. */
public abstract class ServedBrokerTest {

    @TempDir
    Path directory;

    protected ServedBroker served;
    protected FakeBroker broker;
    protected KafkaSocket client;

    @BeforeEach
    protected void serve() throws IOException {
        broker = new FakeBroker(directory);
        served = new ServedBroker(broker);
        client = served.connect();
    }

    @AfterEach
    protected void stop() throws IOException {
        client.close();
        served.close();
    }
}
