package io.barnabas.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How long a group cannot commit after its coordinator was killed. */
@Command(
        name = "coordinator",
        description = {
            "Kill the coordinator of a group that commits all the time, and time until every member commits again.",
            "The command of --kill runs in a shell with the coordinator's node id in $NODE."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  barnabas bench coordinator --kill 'kill -9 $(cat my-cluster/node-$NODE/node.pid)'"
        })
final class BenchCoordinatorCommand implements Runnable {

    private static final int PARTITIONS = 12;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterClient cluster;

    @Mixin
    private Output output;

    @Option(names = "--kill", paramLabel = "COMMAND", required = true, description = "What kills node $NODE.")
    private String kill;

    @Option(names = "--members", defaultValue = "3", description = "Members (default: ${DEFAULT-VALUE}).")
    private int members;

    @Option(
            names = "--protocol",
            defaultValue = "classic",
            description = "classic or consumer (default: ${DEFAULT-VALUE}).")
    private String protocol;

    @Option(
            names = "--seconds",
            defaultValue = "30",
            description = "How long commits go on after the kill (default: ${DEFAULT-VALUE}).")
    private int seconds;

    private final Map<Thread, AtomicLong> lastCommit = new ConcurrentHashMap<>();
    private final AtomicLong longestNs = new AtomicLong();

    @Override
    public void run() {
        try (BenchTopic topic = new BenchTopic(cluster, PARTITIONS, BenchTopic.DEFAULT_REPLICATION);
                BenchGroup group = new BenchGroup(cluster, topic, protocol, this::commit);
                Admin admin = cluster.admin()) {
            group.grow(members);
            TimeUnit.SECONDS.sleep(2);
            int node = cluster.get(admin.describeConsumerGroups(List.of(group.id()))
                            .describedGroups()
                            .get(group.id()))
                    .coordinator()
                    .id();
            int assignments = group.assignments();
            longestNs.set(0);
            kill(node);
            TimeUnit.SECONDS.sleep(seconds);
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("members", members);
            row.put("killed node", node);
            row.put("longest time without commit ms", silenceMs());
            row.put("assignments told meanwhile", group.assignments() - assignments);
            output.rows(spec.commandLine().getOut(), List.of(row));
        } catch (IOException e) {
            throw new CommandFailedException("cannot run " + kill + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException("interrupted", e);
        }
    }

    /** Also counts a member that has not come back to the end. */
    private long silenceMs() {
        long now = System.nanoTime();
        long open = lastCommit.values().stream()
                .mapToLong(last -> now - last.get())
                .max()
                .orElse(0);
        return Duration.ofNanos(Math.max(longestNs.get(), open)).toMillis();
    }

    private void commit(Consumer<byte[], byte[]> consumer) {
        if (consumer.assignment().isEmpty()) {
            return;
        }
        try {
            consumer.commitSync();
        } catch (KafkaException e) {
            // The time until the next commit that succeeds is what is measured.
            return;
        }
        long now = System.nanoTime();
        AtomicLong last = lastCommit.computeIfAbsent(Thread.currentThread(), first -> new AtomicLong(now));
        long silence = now - last.getAndSet(now);
        longestNs.accumulateAndGet(silence, Math::max);
    }

    private void kill(int node) throws IOException, InterruptedException {
        ProcessBuilder command = new ProcessBuilder("sh", "-c", kill).inheritIO();
        command.environment().put("NODE", Integer.toString(node));
        int code = command.start().waitFor();
        if (code != 0) {
            throw new CommandFailedException("the command of --kill failed with exit code " + code);
        }
    }
}
