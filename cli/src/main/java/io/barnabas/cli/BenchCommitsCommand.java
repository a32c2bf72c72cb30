package io.barnabas.cli;

import io.barnabas.net.client.KafkaConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How many offsets a second many groups can commit, and how long a commit takes. */
@Command(
        name = "commits",
        description = {
            "Commit offsets from many groups at once, each waiting for its answer before the next.",
            "Clients are bare connections, so that they do not cost more than what is measured."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  barnabas bench commits --groups 256 --seconds 10"})
final class BenchCommitsCommand implements Runnable {

    private static final short FIND_VERSION = 4;
    private static final short COMMIT_VERSION = 8;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterClient cluster;

    @Mixin
    private Output output;

    @Option(names = "--groups", defaultValue = "256", description = "Groups that commit (default: ${DEFAULT-VALUE}).")
    private int groups;

    @Option(names = "--seconds", defaultValue = "10", description = "Measured time (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "Time before it (default: ${DEFAULT-VALUE}).")
    private int warmUp;

    @Override
    public void run() {
        try (BenchTopic topic = new BenchTopic(cluster, 1, BenchTopic.DEFAULT_REPLICATION)) {
            commit(topic.name(), warmUp);
            Histogram latencies = commit(topic.name(), seconds);
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("groups", groups);
            row.put("commits", latencies.getTotalCount());
            row.put("per second", latencies.getTotalCount() / Math.max(1, seconds));
            row.put("p50 ms", millis(latencies, 50));
            row.put("p99 ms", millis(latencies, 99));
            row.put("max ms", millis(latencies, 100));
            output.rows(spec.commandLine().getOut(), List.of(row));
        }
    }

    private static double millis(Histogram microseconds, double percentile) {
        return microseconds.getValueAtPercentile(percentile) / 1_000.0;
    }

    private Histogram commit(String topic, int forSeconds) {
        ConcurrentHistogram latencies = new ConcurrentHistogram(TimeUnit.MINUTES.toMicros(2), 3);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(forSeconds);
        List<Future<?>> committers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                Admin admin = cluster.admin()) {
            Node any = cluster.get(admin.describeCluster().nodes()).iterator().next();
            for (int i = 0; i < groups; i++) {
                String group = "bench-" + UUID.randomUUID();
                committers.add(threads.submit(() -> commit(any, group, topic, end, latencies)));
            }
        }
        for (Future<?> committer : committers) {
            try {
                committer.get();
            } catch (ExecutionException e) {
                throw new CommandFailedException("a commit failed: " + Failures.line(e), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CommandFailedException("interrupted", e);
            }
        }
        return latencies;
    }

    private static void commit(Node any, String group, String topic, long end, Histogram latencies) {
        FindCoordinatorResponseData.Coordinator node = coordinator(any, group);
        try (KafkaConnection connection = new KafkaConnection(node.host(), node.port(), "barnabas-bench", TIMEOUT)) {
            for (long offset = 0; System.nanoTime() < end; offset++) {
                long begun = System.nanoTime();
                commitOne(connection, group, topic, offset);
                latencies.recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - begun));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static FindCoordinatorResponseData.Coordinator coordinator(Node any, String group) {
        try (KafkaConnection connection = new KafkaConnection(any.host(), any.port(), "barnabas-bench", TIMEOUT)) {
            FindCoordinatorRequestData request = new FindCoordinatorRequestData().setCoordinatorKeys(List.of(group));
            long deadline = System.nanoTime() + TIMEOUT.toNanos();
            while (true) {
                FindCoordinatorResponseData.Coordinator found = connection
                        .call(ApiKeys.FIND_COORDINATOR, FIND_VERSION, request, FindCoordinatorResponseData.class)
                        .coordinators()
                        .getFirst();
                if (found.errorCode() == Errors.NONE.code()) {
                    return found;
                }
                retryOrFail(Errors.forCode(found.errorCode()), deadline);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kafka creates the topic of its offsets at the first question; until it is led there is no coordinator. */
    private static void retryOrFail(Errors error, long deadline) {
        if (!(error.exception() instanceof org.apache.kafka.common.errors.RetriableException)
                || System.nanoTime() > deadline) {
            throw new CommandFailedException("no coordinator: " + error.message());
        }
        try {
            TimeUnit.MILLISECONDS.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException("interrupted", e);
        }
    }

    private static void commitOne(KafkaConnection connection, String group, String topic, long offset)
            throws IOException {
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        while (true) {
            OffsetCommitRequestData request = new OffsetCommitRequestData()
                    .setGroupId(group)
                    .setTopics(List.of(new OffsetCommitRequestTopic()
                            .setName(topic)
                            .setPartitions(List.of(new OffsetCommitRequestPartition()
                                    .setPartitionIndex(0)
                                    .setCommittedOffset(offset)
                                    .setCommittedMetadata("")))));
            Errors error = Errors.forCode(connection
                    .call(ApiKeys.OFFSET_COMMIT, COMMIT_VERSION, request, OffsetCommitResponseData.class)
                    .topics()
                    .getFirst()
                    .partitions()
                    .getFirst()
                    .errorCode());
            if (error == Errors.NONE) {
                return;
            }
            retryOrFail(error, deadline);
        }
    }
}
