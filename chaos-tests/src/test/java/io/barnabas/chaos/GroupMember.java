package io.barnabas.chaos;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.LongDeserializer;

/** A consuming application: a process that writes down every value it was given, and then commits. */
final class GroupMember implements AutoCloseable {

    static final String GROUP = "application";
    private static final String SESSION_TIMEOUT_MS = "6000";

    private final Process process;
    private final Path processed;

    private GroupMember(Process process, Path processed) {
        this.process = process;
        this.processed = processed;
    }

    /** Starts a member; what it has processed stands in {@code processed}, one value per line. */
    static GroupMember start(String bootstrap, String topic, Path processed) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Application.class.getName(),
                        bootstrap,
                        topic,
                        processed.toString())
                .redirectErrorStream(true)
                .redirectOutput(processed
                        .resolveSibling(processed.getFileName() + ".log")
                        .toFile())
                .start();
        return new GroupMember(process, processed);
    }

    /** SIGKILL: nobody tells the group. */
    void crash() throws InterruptedException {
        process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }

    /** SIGTERM: it leaves the group. */
    void leave() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            throw new IllegalStateException("a member did not stop within 20 s");
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** What it processed so far, whole lines only. */
    List<Long> values() throws IOException {
        if (!Files.exists(processed)) {
            return List.of();
        }
        String text = Files.readString(processed);
        return text.substring(0, text.lastIndexOf('\n') + 1)
                .lines()
                .map(Long::valueOf)
                .toList();
    }

    @Override
    public void close() throws InterruptedException {
        crash();
    }

    /** What such a process runs. */
    static final class Application {

        private Application() {}

        public static void main(String[] args) throws Exception {
            KafkaConsumer<Long, Long> consumer = new KafkaConsumer<>(
                    Map.of(
                            "bootstrap.servers",
                            args[0],
                            "group.id",
                            GROUP,
                            "session.timeout.ms",
                            SESSION_TIMEOUT_MS,
                            "heartbeat.interval.ms",
                            "500",
                            "auto.offset.reset",
                            "earliest",
                            "enable.auto.commit",
                            "false"),
                    new LongDeserializer(),
                    new LongDeserializer());
            Thread main = Thread.currentThread();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                consumer.wakeup();
                try {
                    main.join(TimeUnit.SECONDS.toMillis(15));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }));
            try (consumer;
                    PrintStream processed = new PrintStream(Files.newOutputStream(Path.of(args[2])), true)) {
                consumer.subscribe(List.of(args[1]));
                while (true) {
                    consumer.poll(Duration.ofMillis(200)).forEach(record -> processed.println(record.value()));
                    commit(consumer);
                }
            } catch (WakeupException e) {
                System.out.println("leaves");
            }
        }

        private static void commit(KafkaConsumer<Long, Long> consumer) {
            try {
                consumer.commitSync();
            } catch (WakeupException e) {
                throw e;
            } catch (KafkaException e) {
                // Another has the partitions meanwhile, and will process again what was not committed.
                System.out.println("not committed: " + e);
            }
        }
    }
}
