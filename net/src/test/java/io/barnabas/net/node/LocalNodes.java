package io.barnabas.net.node;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A cluster of nodes in this process, on free ports of the loopback address, each with a directory of its own. */
final class LocalNodes implements AutoCloseable {

    private final String clusterId = ClusterId.random();
    private final Map<Integer, NodeConfig> configs = new TreeMap<>();
    private final Map<Integer, Node> running = new HashMap<>();

    LocalNodes(Path directory, int count) throws Exception {
        this(directory, count, Map.of());
    }

    /** With settings of all nodes besides the usual ones, or instead of them. */
    LocalNodes(Path directory, int count, Map<String, String> more) throws Exception {
        this(directory, count, count, more);
    }

    /** The first {@code voterCount} nodes vote in the metadata quorum, the others follow. */
    LocalNodes(Path directory, int count, int voterCount, Map<String, String> more) throws Exception {
        List<Integer> ports = freePorts(3 * count);
        List<String> voters = new ArrayList<>();
        for (int id = 1; id <= voterCount; id++) {
            voters.add(id + "@127.0.0.1:" + ports.get(3 * id - 2));
        }
        for (int id = 1; id <= count; id++) {
            Map<String, String> settings = new HashMap<>(Map.of(
                    "node.id",
                    Integer.toString(id),
                    "log.dirs",
                    "data",
                    "listeners",
                    "PLAINTEXT://127.0.0.1:" + ports.get(3 * id - 3),
                    "quorum.voters",
                    String.join(",", voters),
                    "partition.raft.listener",
                    "127.0.0.1:" + ports.get(3 * id - 1),
                    "broker.heartbeat.interval.ms",
                    "200",
                    "broker.session.timeout.ms",
                    "3000",
                    "default.replication.factor",
                    Integer.toString(count)));
            if (id > voterCount) {
                settings.put("raft.listener", "127.0.0.1:" + ports.get(3 * id - 2));
            }
            settings.putAll(more);
            NodeConfig config = NodeConfig.of(directory.resolve("node-" + id), settings);
            DataDirectories.format(config, clusterId);
            configs.put(id, config);
        }
    }

    /** Below the ports that the system gives to outgoing connections, where a stopped node would lose its own. */
    static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            int port = ThreadLocalRandom.current().nextInt(10_000, 30_000);
            while (sockets.size() < count) {
                try {
                    sockets.add(new ServerSocket(port++, 1, InetAddress.getLoopbackAddress()));
                } catch (BindException e) {
                    if (port > 32_000) {
                        throw e;
                    }
                }
            }
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
    }

    String clusterId() {
        return clusterId;
    }

    NodeConfig config(int id) {
        return configs.get(id);
    }

    /** Starts every node that is not running, all at once, as a majority is needed for the first to serve. */
    void startAll() {
        startTogether(configs.keySet());
    }

    private void startTogether(Collection<Integer> ids) {
        Map<Integer, CompletableFuture<Node>> starting = new HashMap<>();
        for (int id : ids) {
            if (!running.containsKey(id)) {
                starting.put(id, CompletableFuture.supplyAsync(() -> startNow(id), Thread::startVirtualThread));
            }
        }
        starting.forEach((id, node) -> running.put(id, node.join()));
    }

    void start(int id) {
        running.put(id, startNow(id));
    }

    /** Starts several at once, as {@link #startAll} does. */
    void start(int... ids) {
        startTogether(Arrays.stream(ids).boxed().toList());
    }

    private Node startNow(int id) {
        try {
            return Node.start(configs.get(id));
        } catch (NodeStartException e) {
            throw new CompletionException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompletionException(e);
        }
    }

    void stop(int id) {
        running.remove(id).close();
    }

    void stopAll() {
        CompletableFuture.allOf(List.copyOf(running.keySet()).stream()
                        .map(running::remove)
                        .map(node -> CompletableFuture.runAsync(node::close, Thread::startVirtualThread))
                        .toArray(CompletableFuture[]::new))
                .join();
    }

    /** Writes records with the values {@code v<from>} to {@code v<to - 1>}, one after the other, each acknowledged. */
    void produce(TopicPartition partition, int from, int to) throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap(), "acks", "all"),
                new StringSerializer(),
                new StringSerializer())) {
            for (int i = from; i < to; i++) {
                producer.send(new ProducerRecord<>(partition.topic(), partition.partition(), "k", "v" + i))
                        .get();
            }
        }
    }

    /** Every value of a partition, in order. */
    List<String> readAll(TopicPartition partition) {
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap()), new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> values.add(record.value()));
            }
        }
        return values;
    }

    String bootstrap() {
        return configs.values().stream()
                .map(config -> config.listeners().getFirst().address().toString())
                .collect(Collectors.joining(","));
    }

    @Override
    public void close() {
        stopAll();
    }
}
