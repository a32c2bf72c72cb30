package io.barnabas.cli;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Sends lines of a file or of standard input as records. */
@Command(
        name = "produce",
        description = "Send each line of a file, or of standard input, as a record.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  echo 'k:hello' | barnabas produce orders --key-separator :",
            "  barnabas produce flights flights.jsonl --key-field origin --timestamp-field date \\",
            "      --timestamp-format 'yyyy/MM/dd HH:mm' --compression zstd"
        })
final class ProduceCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterClient cluster;

    @Parameters(index = "0", paramLabel = "TOPIC", description = "Where the records go.")
    private String topic;

    @Parameters(index = "1", paramLabel = "FILE", defaultValue = "-", description = "The file; - or nothing for stdin.")
    private String file;

    @Option(names = "--key-separator", paramLabel = "TEXT", description = "What parts key from value in a line.")
    private Optional<String> keySeparator = Optional.empty();

    @Option(names = "--key-field", paramLabel = "FIELD", description = "Lines are JSON; this field is the key.")
    private Optional<String> keyField = Optional.empty();

    @Option(names = "--timestamp-field", paramLabel = "FIELD", description = "Lines are JSON; this field is the time.")
    private Optional<String> timestampField = Optional.empty();

    @Option(
            names = "--timestamp-format",
            paramLabel = "PATTERN",
            description = "How that field is written, UTC (default: epoch milliseconds or ISO 8601).")
    private Optional<String> timestampFormat = Optional.empty();

    @Option(names = "--acks", defaultValue = "all", description = "0, 1 or all (default: ${DEFAULT-VALUE}).")
    private String acks;

    @Option(
            names = "--compression",
            defaultValue = "none",
            description = "none, gzip, snappy, lz4 or zstd (default: ${DEFAULT-VALUE}).")
    private String compression;

    @Override
    public void run() {
        require("--acks", acks, List.of("0", "1", "all"));
        require("--compression", compression, List.of("none", "gzip", "snappy", "lz4", "zstd"));
        RecordSource source = new RecordSource(topic, keySeparator, keyField, timestampField, format());
        long start = System.nanoTime();
        try (Producer<byte[], byte[]> producer = cluster.producer(Map.of(
                ProducerConfig.ACKS_CONFIG, acks,
                ProducerConfig.COMPRESSION_TYPE_CONFIG, compression,
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, acks.equals("all")))) {
            if (producer.partitionsFor(topic).isEmpty()) {
                throw new CommandFailedException("topic '" + topic + "' has no partitions");
            }
            Sending sending = new Sending(producer);
            send(source, sending);
            sending.flush();
            report(sending, System.nanoTime() - start);
        } catch (IOException e) {
            throw new CommandFailedException("cannot read " + file + ": " + Failures.line(e), e);
        }
    }

    private void require(String option, String value, List<String> allowed) {
        if (!allowed.contains(value)) {
            throw new ParameterException(
                    spec.commandLine(), option + " takes " + String.join(", ", allowed) + ", not '" + value + "'");
        }
    }

    private Optional<DateTimeFormatter> format() {
        try {
            return timestampFormat.map(DateTimeFormatter::ofPattern);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(), "--timestamp-format '" + timestampFormat.get() + "': " + e.getMessage());
        }
    }

    private void send(RecordSource source, Sending sending) throws IOException {
        boolean standardInput = file.equals("-");
        long size = standardInput ? -1 : Files.size(Path.of(file));
        try (BufferedReader lines = standardInput
                        ? new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
                        : Files.newBufferedReader(Path.of(file));
                ProgressBar progress = progress(size)) {
            for (String line; (line = lines.readLine()) != null; ) {
                ProducerRecord<byte[], byte[]> record = source.record(line);
                sending.send(record);
                if (progress != null) {
                    progress.stepBy(line.length() + 1L);
                }
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static ProgressBar progress(long size) {
        Console console = System.console();
        boolean watched = console != null && console.isTerminal();
        return !watched || size < 0
                ? null
                : new ProgressBarBuilder()
                        .setTaskName("produce")
                        .setInitialMax(size)
                        .setUnit(" MB", 1_000_000)
                        .showSpeed()
                        .build();
    }

    private void report(Sending sending, long nanos) {
        double seconds = nanos / (double) TimeUnit.SECONDS.toNanos(1);
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                "%d records acknowledged, %d failed, %.1f MB in %.1f s (%.1f MB/s)%n",
                sending.acknowledged(),
                sending.failed(),
                sending.bytes() / 1e6,
                seconds,
                sending.bytes() / 1e6 / seconds);
        if (sending.failed() > 0) {
            throw new CommandFailedException(
                    sending.failed() + " of " + sending.sent() + " records were not stored, the first because: "
                            + Failures.line(sending.firstFailure()),
                    sending.firstFailure());
        }
    }
}
