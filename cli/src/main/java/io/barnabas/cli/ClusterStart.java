package io.barnabas.cli;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;

/** Starts the nodes of a local cluster and waits until all of them serve. */
final class ClusterStart {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long POLL_MS = 100;
    private static final int ANSWER_TIMEOUT_MS = 2_000;

    private final LocalCluster cluster;

    ClusterStart(LocalCluster cluster) {
        this.cluster = cluster;
    }

    /** Starts those that do not run. */
    void run() {
        Map<LocalNode, ProcessHandle> started = new HashMap<>();
        for (LocalNode node : cluster.nodes()) {
            if (node.process().isEmpty()) {
                started.put(node, node.start());
            }
        }
        try {
            await(started);
        } catch (CommandFailedException e) {
            started.keySet().forEach(LocalNode::kill);
            throw e;
        }
    }

    private void await(Map<LocalNode, ProcessHandle> started) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        ClusterClient client = new ClusterClient(cluster.bootstrap());
        try (Admin admin = client.admin()) {
            while (live(admin) < cluster.nodes().size()) {
                started.forEach((node, process) -> {
                    if (!process.isAlive()) {
                        throw new CommandFailedException("node " + node.id() + " stopped while starting; " + node.log()
                                + " ends with:\n" + node.logTail());
                    }
                });
                if (System.nanoTime() > deadline) {
                    throw new CommandFailedException("the cluster does not serve after " + PATIENCE.toSeconds()
                            + " s; see the node.log files below " + cluster.directory());
                }
                TimeUnit.MILLISECONDS.sleep(POLL_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException("interrupted", e);
        }
    }

    private static int live(Admin admin) throws InterruptedException {
        try {
            return admin.describeCluster()
                    .nodes()
                    .get(ANSWER_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                    .size();
        } catch (ExecutionException | TimeoutException e) {
            return 0;
        }
    }
}
