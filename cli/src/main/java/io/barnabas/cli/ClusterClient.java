package io.barnabas.cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.ClientDnsLookup;
import org.apache.kafka.clients.ClientUtils;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine.Option;

/** Which cluster a command talks to, and the clients for it. */
final class ClusterClient {

    private static final int TIMEOUT_MS = 15_000;
    private static final int CONNECT_TIMEOUT_MS = 2_000;

    @Option(
            names = "--bootstrap-server",
            paramLabel = "HOST:PORT[,HOST:PORT...]",
            defaultValue = "${env:BARNABAS_BOOTSTRAP:-127.0.0.1:9092}",
            description = "Nodes to ask first (default: $BARNABAS_BOOTSTRAP, else 127.0.0.1:9092).")
    private String bootstrap;

    /** Whether the cluster should be up, so that finding nobody there is an answer. */
    private final boolean expectedUp;

    /** For a command line to fill in. */
    ClusterClient() {
        this.expectedUp = true;
    }

    /** For a cluster that may still be starting: its clients keep trying. */
    ClusterClient(String bootstrap) {
        this.bootstrap = bootstrap;
        this.expectedUp = false;
    }

    String bootstrap() {
        return bootstrap;
    }

    Admin admin() {
        return admin(Duration.ofMillis(TIMEOUT_MS / 2), Duration.ofMillis(TIMEOUT_MS));
    }

    /** For requests that may take their time, such as making a thousand partitions: they are not sent a second time. */
    Admin patientAdmin(Duration patience) {
        return admin(patience, patience);
    }

    private Admin admin(Duration requestTimeout, Duration callTimeout) {
        Map<String, Object> config = common();
        config.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, (int) requestTimeout.toMillis());
        config.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) callTimeout.toMillis());
        return create(() -> Admin.create(config));
    }

    Producer<byte[], byte[]> producer(Map<String, Object> overrides) {
        Map<String, Object> config = common();
        config.putAll(overrides);
        return create(() -> new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer()));
    }

    Consumer<byte[], byte[]> consumer() {
        return consumer(Map.of());
    }

    Consumer<byte[], byte[]> consumer(Map<String, Object> overrides) {
        Map<String, Object> config = common();
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MS);
        config.putAll(overrides);
        Properties properties = new Properties();
        properties.putAll(config);
        return create(() -> new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
    }

    /** Short backoffs: after a failover a command should go on at once. */
    private Map<String, Object> common() {
        Map<String, Object> config = new HashMap<>();
        config.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        config.put(CommonClientConfigs.CLIENT_ID_CONFIG, "barnabas-cli");
        config.put(CommonClientConfigs.RECONNECT_BACKOFF_MS_CONFIG, 20);
        config.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
        config.put(CommonClientConfigs.RETRY_BACKOFF_MS_CONFIG, 20);
        config.put(CommonClientConfigs.RETRY_BACKOFF_MAX_MS_CONFIG, 200);
        config.put(CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, CONNECT_TIMEOUT_MS);
        return config;
    }

    private interface Creation<T> {
        T create();
    }

    private <T> T create(Creation<T> creation) {
        try {
            if (expectedUp) {
                requireListener();
            }
            return creation.create();
        } catch (KafkaException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new CommandFailedException(cause.getMessage(), e);
        }
    }

    /** Kafka's clients try a closed port until their patience ends; a person should not have to wait for that. */
    private void requireListener() {
        IOException last = null;
        for (InetSocketAddress address : ClientUtils.parseAndValidateAddresses(
                List.of(bootstrap.split(",")), ClientDnsLookup.USE_ALL_DNS_IPS.toString())) {
            try (Socket socket = new Socket()) {
                socket.connect(address, CONNECT_TIMEOUT_MS);
                return;
            } catch (IOException e) {
                last = e;
            }
        }
        throw unreachable(last);
    }

    /** Waits for an answer; a cluster that cannot be reached is named with what to do. */
    <T> T get(KafkaFuture<T> future) {
        return get(future, Duration.ofMillis(2L * TIMEOUT_MS));
    }

    /** The same with another patience. */
    <T> T get(KafkaFuture<T> future, Duration patience) {
        try {
            return future.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof org.apache.kafka.common.errors.TimeoutException) {
                throw unreachable(e);
            }
            throw new CommandFailedException(Failures.line(e), e);
        } catch (TimeoutException e) {
            throw unreachable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException("interrupted", e);
        }
    }

    private CommandFailedException unreachable(Exception cause) {
        return new CommandFailedException(
                "no cluster answers at " + bootstrap
                        + "; start one with 'barnabas quorum bootstrap --local 3 --dir DIR'"
                        + " or name yours with --bootstrap-server",
                cause);
    }
}
