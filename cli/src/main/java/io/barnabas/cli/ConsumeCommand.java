package io.barnabas.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints records as a member of a group, and commits what it has printed. */
@Command(
        name = "consume",
        description = {
            "Print the records of a topic as a member of a group, and those that follow; what is printed is committed.",
            "Several with the same group share the partitions. 'partition tail' reads without a group."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  barnabas consume orders --group billing",
            "  barnabas consume orders --group billing --max 100 --output json",
            "  barnabas consume orders --group audit --protocol consumer --idle-end 5s"
        })
final class ConsumeCommand implements Runnable {

    private static final Duration POLL = Duration.ofMillis(200);
    private static final long LEAVE_MS = 5_000;

    /** Where a group begins that has committed nothing. */
    enum Beginning {
        EARLIEST,
        LATEST
    }

    /** Which group protocol to speak. */
    enum Protocol {
        CLASSIC,
        CONSUMER
    }

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterClient cluster;

    @Mixin
    private Output output;

    @Parameters(paramLabel = "TOPIC", description = "The topic.")
    private String topic;

    @Option(names = "--group", paramLabel = "GROUP", required = true, description = "The group's id.")
    private String group;

    @Option(
            names = "--from",
            defaultValue = "earliest",
            description =
                    "Where to begin without a committed position: earliest or latest (default: ${DEFAULT-VALUE}).")
    private Beginning from;

    @Option(
            names = "--protocol",
            defaultValue = "classic",
            description = "The group protocol: classic or consumer (KIP-848) (default: ${DEFAULT-VALUE}).")
    private Protocol protocol;

    @Option(names = "--instance", paramLabel = "ID", description = "Be a static member (group.instance.id).")
    private String instance;

    @Option(names = "--max", paramLabel = "N", description = "End after so many records.")
    private long max = Long.MAX_VALUE;

    @Option(
            names = "--idle-end",
            paramLabel = "TIME",
            converter = Durations.Converter.class,
            description = "End when nothing came for so long, such as 5s.")
    private Duration idleEnd;

    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean interrupted;
    private long printed;

    /** Ends gracefully when interrupted, so that the group need not wait for the session to run out. */
    @Override
    public void run() {
        Thread leave = Thread.ofPlatform().unstarted(this::leave);
        Runtime.getRuntime().addShutdownHook(leave);
        try (Consumer<byte[], byte[]> consumer = cluster.consumer(config())) {
            consumer.subscribe(List.of(topic));
            long lastNanos = System.nanoTime();
            while (!interrupted && printed < max && !idleSince(lastNanos)) {
                Map<TopicPartition, OffsetAndMetadata> done = print(consumer.poll(POLL));
                if (!done.isEmpty()) {
                    consumer.commitSync(done);
                    lastNanos = System.nanoTime();
                }
            }
        } finally {
            closed.countDown();
            if (!interrupted) {
                Runtime.getRuntime().removeShutdownHook(leave);
            }
        }
    }

    private void leave() {
        interrupted = true;
        try {
            if (!closed.await(LEAVE_MS, TimeUnit.MILLISECONDS)) {
                spec.commandLine().getErr().println("barnabas: left without telling the group");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean idleSince(long nanos) {
        return idleEnd != null && System.nanoTime() - nanos >= idleEnd.toNanos();
    }

    private Map<TopicPartition, OffsetAndMetadata> print(Iterable<ConsumerRecord<byte[], byte[]>> records) {
        PrintWriter out = spec.commandLine().getOut();
        Map<TopicPartition, OffsetAndMetadata> done = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            if (printed == max) {
                break;
            }
            out.println(RecordText.of(record, output.format()));
            printed++;
            done.put(
                    new TopicPartition(record.topic(), record.partition()),
                    new OffsetAndMetadata(record.offset() + 1, record.leaderEpoch(), ""));
        }
        out.flush();
        return done;
    }

    private Map<String, Object> config() {
        Map<String, Object> config = new HashMap<>();
        config.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, lower(from));
        config.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, lower(protocol));
        if (instance != null) {
            config.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, instance);
        }
        return config;
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
