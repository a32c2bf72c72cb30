package io.barnabas.net.node;

import io.barnabas.log.QuiesceConfig;
import io.barnabas.metadata.MetadataQuorum;
import io.barnabas.metadata.rules.Endpoint;
import io.barnabas.metadata.rules.NodeInfo;
import io.barnabas.net.client.KafkaConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.apache.kafka.common.message.EnvelopeRequestData;
import org.apache.kafka.common.message.EnvelopeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** Reaches the other nodes about partitions at rest, through their ports of the Kafka clients. */
final class KafkaPeers implements QuiesceConfig.Peers, AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final short VERSION = 0;
    private static final int IDLE_CONNECTIONS = 2;

    private final int nodeId;
    private final MetadataQuorum quorum;
    private final Map<Integer, Deque<Peer>> idle = new ConcurrentHashMap<>();
    private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
    private volatile boolean closed;

    /** A connection to one run of a node. */
    private record Peer(long epoch, KafkaConnection connection) {}

    KafkaPeers(int nodeId, MetadataQuorum quorum) {
        this.nodeId = nodeId;
        this.quorum = quorum;
    }

    @Override
    public CompletableFuture<byte[]> call(int node, byte[] message) {
        try {
            return CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return ask(node, message);
                        } catch (IOException e) {
                            throw new CompletionException(e);
                        }
                    },
                    calls);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private byte[] ask(int node, byte[] message) throws IOException {
        NodeInfo info = quorum.image()
                .node(node)
                .filter(known -> !known.fenced())
                .orElseThrow(() -> new IOException("node " + node + " is not live"));
        Deque<Peer> kept = idle.computeIfAbsent(node, id -> new ConcurrentLinkedDeque<>());
        Peer peer = kept.pollFirst();
        while (peer != null) {
            if (peer.epoch() == info.epoch()) {
                try {
                    return ask(peer, kept, message);
                } catch (IOException e) {
                    // One that was idle may have been closed by the other side; all requests may be repeated.
                    peer.connection().close();
                }
            } else {
                peer.connection().close();
            }
            peer = kept.pollFirst();
        }
        Endpoint endpoint = info.listeners().getFirst();
        Peer fresh = new Peer(
                info.epoch(), new KafkaConnection(endpoint.host(), endpoint.port(), "rest-of-node-" + nodeId, TIMEOUT));
        try {
            return ask(fresh, kept, message);
        } catch (IOException e) {
            fresh.connection().close();
            throw e;
        }
    }

    private byte[] ask(Peer peer, Deque<Peer> kept, byte[] message) throws IOException {
        EnvelopeResponseData response = peer.connection()
                .call(
                        ApiKeys.ENVELOPE,
                        VERSION,
                        new EnvelopeRequestData().setRequestData(ByteBuffer.wrap(message)),
                        EnvelopeResponseData.class);
        if (response.errorCode() != Errors.NONE.code() || response.responseData() == null) {
            throw new IOException("the answer is " + Errors.forCode(response.errorCode()));
        }
        byte[] answer = new byte[response.responseData().remaining()];
        response.responseData().get(answer);
        if (closed || kept.size() >= IDLE_CONNECTIONS) {
            peer.connection().close();
        } else {
            kept.addFirst(peer);
        }
        return answer;
    }

    @Override
    public void close() throws IOException {
        closed = true;
        calls.shutdown();
        for (Deque<Peer> kept : idle.values()) {
            for (Peer peer = kept.poll(); peer != null; peer = kept.poll()) {
                peer.connection().close();
            }
        }
    }
}
