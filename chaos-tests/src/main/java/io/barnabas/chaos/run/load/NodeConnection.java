package io.barnabas.chaos.run.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.ApiVersions;
import org.apache.kafka.clients.ClientRequest;
import org.apache.kafka.clients.KafkaClient;
import org.apache.kafka.clients.ManualMetadataUpdater;
import org.apache.kafka.clients.MetadataRecoveryStrategy;
import org.apache.kafka.clients.NetworkClient;
import org.apache.kafka.clients.NetworkClientUtils;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.network.NetworkReceive;
import org.apache.kafka.common.network.PlaintextChannelBuilder;
import org.apache.kafka.common.network.Selector;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;

/**
 * A connection to one node by Kafka's own network client: for questions that have to be put to a certain node, and for
 * answers that the higher clients keep to themselves. It asks once. For one thread.
 */
final class NodeConnection implements AutoCloseable {

    private static final int REQUEST_TIMEOUT_MS = 10_000;
    private static final int CONNECT_TIMEOUT_MS = 2_000;
    private static final int BACKOFF_MS = 50;
    private static final long MAX_IDLE_MS = 540_000;

    private final Time time = Time.SYSTEM;
    private final Metrics metrics = new Metrics(time);
    private final Node node;
    private final KafkaClient client;

    /** @param address as {@code host:port} */
    NodeConnection(String address) {
        int colon = address.lastIndexOf(':');
        this.node = new Node(0, address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
        PlaintextChannelBuilder channels = new PlaintextChannelBuilder(null);
        channels.configure(new AbstractConfig(new ConfigDef(), Map.of(), false).values());
        Selector selector = new Selector(
                NetworkReceive.UNLIMITED,
                MAX_IDLE_MS,
                metrics,
                time,
                "node",
                Map.of(),
                false,
                channels,
                new LogContext());
        this.client = new NetworkClient(
                selector,
                new ManualMetadataUpdater(List.of(node)),
                "chaos",
                1,
                BACKOFF_MS,
                BACKOFF_MS,
                -1,
                -1,
                REQUEST_TIMEOUT_MS,
                CONNECT_TIMEOUT_MS,
                CONNECT_TIMEOUT_MS,
                time,
                true,
                new ApiVersions(),
                new LogContext(),
                MetadataRecoveryStrategy.NONE);
    }

    /**
     * Asks the node.
     *
     * @throws IOException when it cannot be reached or does not answer in time
     */
    <T extends AbstractResponse> T ask(AbstractRequest.Builder<?> request, Class<T> answer) throws IOException {
        try {
            if (!NetworkClientUtils.awaitReady(client, node, time, CONNECT_TIMEOUT_MS)) {
                throw new IOException("no connection to " + node + " within " + CONNECT_TIMEOUT_MS + " ms");
            }
            ClientRequest sent = client.newClientRequest(node.idString(), request, time.milliseconds(), true);
            return answer.cast(
                    NetworkClientUtils.sendAndReceive(client, sent, time).responseBody());
        } catch (KafkaException e) {
            throw new IOException("node " + node + " cannot be asked: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        try {
            client.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the connection to " + node + " cannot be closed", e);
        } finally {
            metrics.close();
        }
    }
}
