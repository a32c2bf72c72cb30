package io.barnabas.cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;

/** The running nodes of one system. Once closed, none runs and none can be started. */
final class ComparedCluster implements NodeFaults, AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration DEATH = Duration.ofSeconds(10);
    private static final int ANSWER_MS = 5_000;
    private static final int CONNECT_MS = 500;
    private static final long POLL_MS = 50;
    private static final String FIRST_TOPIC = "bench-first";

    private final ComparedSystem.Layout layout;
    private final List<Integer> ports;
    private final Map<Integer, ProcessHandle> processes = new TreeMap<>();
    private boolean closed;

    /** Not started. */
    ComparedCluster(ComparedSystem.Layout layout, List<Integer> ports) {
        this.layout = layout;
        this.ports = ports;
    }

    ClusterClient client() {
        return new ClusterClient(
                ports.stream().map(port -> LocalCluster.HOST + ":" + port).collect(Collectors.joining(",")));
    }

    synchronized BenchNodes nodes() {
        return new BenchNodes(
                processes.values().stream().map(ProcessHandle::pid).toList());
    }

    /** Starts all nodes and waits until all are known and a topic with a replica on each has a leader. */
    void start() {
        for (int node = 1; node <= ports.size(); node++) {
            launch(node);
        }
        NewTopic first = new NewTopic(FIRST_TOPIC, 1, (short) ports.size());
        try (Admin admin = client().admin()) {
            await(
                    "all nodes",
                    () -> allAlive() && answer(admin.describeCluster().nodes()).size() == ports.size());
            await("a topic", () -> {
                if (!answer(admin.listTopics().names()).contains(FIRST_TOPIC)) {
                    answer(admin.createTopics(List.of(first)).all());
                }
                return answer(admin.describeTopics(List.of(FIRST_TOPIC)).allTopicNames())
                                .get(FIRST_TOPIC)
                                .partitions()
                                .getFirst()
                                .leader()
                        != null;
            });
        }
    }

    private synchronized void launch(int node) {
        if (closed) {
            throw new CommandFailedException("interrupted");
        }
        processes.put(node, layout.launch(node));
    }

    @Override
    public void kill(int node) {
        ProcessHandle process = process(node);
        process.destroyForcibly();
        await("node " + node + " to end", () -> !process.isAlive());
    }

    private synchronized ProcessHandle process(int node) {
        return processes.get(node);
    }

    /** Waits until the node listens: before, the others may not have noticed that it was away. */
    @Override
    public void restart(int node) {
        launch(node);
        await("node " + node + " to listen", () -> {
            requireAlive(node);
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(LocalCluster.HOST, ports.get(node - 1)), CONNECT_MS);
                return true;
            } catch (IOException e) {
                return false;
            }
        });
    }

    private interface Condition {
        boolean holds() throws ExecutionException, TimeoutException, InterruptedException;
    }

    private static <T> T answer(KafkaFuture<T> future)
            throws ExecutionException, TimeoutException, InterruptedException {
        return future.get(ANSWER_MS, TimeUnit.MILLISECONDS);
    }

    private void await(String what, Condition condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        try {
            while (!holds(condition)) {
                if (System.nanoTime() > end) {
                    throw new CommandFailedException("waited " + PATIENCE.toSeconds() + " s in vain for " + what
                            + "; see " + layout.log(1) + " and those of the other nodes");
                }
                TimeUnit.MILLISECONDS.sleep(POLL_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException("interrupted", e);
        }
    }

    /** While a cluster starts, requests fail for many reasons; what counts is when they no longer do. */
    private static boolean holds(Condition condition) throws InterruptedException {
        try {
            return condition.holds();
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }

    private boolean allAlive() {
        for (int node = 1; node <= ports.size(); node++) {
            requireAlive(node);
        }
        return true;
    }

    private void requireAlive(int node) {
        if (!process(node).isAlive()) {
            throw new CommandFailedException("node " + node + " stopped; see " + layout.log(node));
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        processes.values().forEach(ProcessHandle::destroyForcibly);
        long end = System.nanoTime() + DEATH.toNanos();
        try {
            while (processes.values().stream().anyMatch(ProcessHandle::isAlive) && System.nanoTime() < end) {
                TimeUnit.MILLISECONDS.sleep(POLL_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
