package io.barnabas.metadata.bench;

import io.barnabas.metadata.QuorumStatus;
import io.barnabas.metadata.RatisMetadataQuorum;
import io.barnabas.metadata.rules.group.GroupResponse;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Offset commits over three nodes in one process, with fsync. Each of so many clients has a group of its own, which the
 * nodes share out, and commits one partition, waits for the answer, and commits the next offset. Arguments: seconds for
 * each number of clients, then the numbers of clients.
 */
public final class CommitRate {

    /** Latencies are counted by the hundredth of a millisecond, up to this. */
    private static final int MAX_LATENCY = 1_000_000;

    private CommitRate() {}

    public static void main(String[] arguments) throws Exception {
        int seconds = Integer.parseInt(arguments[0]);
        try (BenchQuorum quorum = BenchQuorum.start(3)) {
            run(quorum, 1_000, seconds);
            for (String clients : Arrays.asList(arguments).subList(1, arguments.length)) {
                System.out.println(run(quorum, Integer.parseInt(clients), seconds));
            }
        }
        System.exit(0);
    }

    private static String run(BenchQuorum quorum, int clients, int seconds) throws InterruptedException {
        AtomicIntegerArray latencies = new AtomicIntegerArray(MAX_LATENCY);
        AtomicLong failures = new AtomicLong();
        AtomicBoolean stopped = new AtomicBoolean();
        CountDownLatch ended = new CountDownLatch(clients);
        long entries = entries(quorum.node(1));
        long begun = System.nanoTime();
        for (int client = 0; client < clients; client++) {
            new Client(quorum, "group-" + client, latencies, failures, stopped, ended).commit(0);
        }
        Thread.sleep(seconds * 1_000L);
        stopped.set(true);
        ended.await();
        double elapsed = (System.nanoTime() - begun) / 1e9;
        long commits = 0;
        for (int i = 0; i < MAX_LATENCY; i++) {
            commits += latencies.get(i);
        }
        return String.format(
                Locale.ROOT,
                "%,6d clients: %,8.0f commits/s, p50 %.2f ms, p99 %.2f ms, %,.0f Raft entries/s, %d failed",
                clients,
                commits / elapsed,
                quantile(latencies, commits, 0.5),
                quantile(latencies, commits, 0.99),
                (entries(quorum.node(1)) - entries) / elapsed,
                failures.get());
    }

    private static long entries(RatisMetadataQuorum node) {
        return node.status().voters().stream()
                .mapToLong(QuorumStatus.Member::logEndIndex)
                .max()
                .orElse(0);
    }

    private static double quantile(AtomicIntegerArray latencies, long total, double share) {
        long seen = 0;
        for (int i = 0; i < MAX_LATENCY; i++) {
            seen += latencies.get(i);
            if (seen >= total * share) {
                return i / 100.0;
            }
        }
        return Double.NaN;
    }

    /** Commits one offset after the other, without a thread. */
    private record Client(
            BenchQuorum quorum,
            String group,
            AtomicIntegerArray latencies,
            AtomicLong failures,
            AtomicBoolean stopped,
            CountDownLatch ended) {

        void commit(long offset) {
            if (stopped.get()) {
                ended.countDown();
                return;
            }
            long asked = System.nanoTime();
            quorum.coordinator(1, group)
                    .submit(BenchQuorum.commit(group, offset))
                    .thenAcceptAsync(response -> {
                        if (response instanceof GroupResponse.OffsetsChanged) {
                            int latency = (int) Math.min(MAX_LATENCY - 1, (System.nanoTime() - asked) / 10_000);
                            latencies.incrementAndGet(latency);
                        } else {
                            failures.incrementAndGet();
                        }
                        commit(offset + 1);
                    });
        }
    }
}
