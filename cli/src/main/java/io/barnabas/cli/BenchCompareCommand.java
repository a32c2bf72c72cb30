package io.barnabas.cli;

import io.barnabas.cli.report.ComparisonPage;
import io.barnabas.cli.rules.bench.Comparison;
import io.barnabas.cli.rules.bench.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.utils.AppInfoParser;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Barnabas beside Apache Kafka. */
@Command(
        name = "compare",
        description = {
            "Start three nodes of Apache Kafka and three of Barnabas in turn on this machine, have both do the same, and",
            "tell the ratio of each figure. The clients are stock ones and run in this process. Apache Kafka is fetched",
            "from Maven Central (needs mvn). Ratios are Barnabas' median over Kafka's.",
            "",
            "Workloads: start, produce, produce-small, end-to-end-RATE, scan, failover, partitions, mixed; with parameters",
            "as in produce:partitions=6:size=100:rate=5000."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  barnabas bench compare --html compare.html --json compare.json",
            "  barnabas bench compare --workloads produce --partitions 1,6,100 --record-sizes 100,1000,10000",
            "  barnabas bench compare --workloads produce,end-to-end-300 --flush sync --rounds 5"
        })
final class BenchCompareCommand implements Runnable {

    private enum Flush {
        DEFAULT,
        SYNC,
        ASYNC
    }

    /** Kafka's own launcher sets these; its -Xms1g is left out, which spares Kafka resident memory. */
    private static final String KAFKA_JAVA = "-Xmx1g -XX:+UseG1GC -XX:MaxGCPauseMillis=20"
            + " -XX:InitiatingHeapOccupancyPercent=35 -XX:+ExplicitGCInvokesConcurrent";

    @Spec
    private CommandSpec spec;

    @Mixin
    private BenchReport report;

    @Option(
            names = "--workloads",
            paramLabel = "NAME",
            split = ",",
            defaultValue = "start,produce,produce-small,end-to-end-300,end-to-end-1000,scan,failover,partitions",
            description = "What to do, in this order (default: ${DEFAULT-VALUE}).")
    private List<String> workloads;

    @Option(names = "--rounds", defaultValue = "3", description = "Turns of each system (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--flush",
            defaultValue = "default",
            description = "What an acknowledgement promises: default (each its own: Barnabas on disk, Kafka in the page"
                    + " cache), sync (both on disk) or async (both in the page cache) (default: ${DEFAULT-VALUE}).")
    private Flush flush;

    @Option(names = "--records", description = "Records of produce, scan and mixed.")
    private Optional<Long> records = Optional.empty();

    @Option(names = "--partitions", split = ",", description = "Runs of produce with so many partitions each.")
    private List<Integer> partitions = List.of();

    @Option(names = "--record-sizes", split = ",", description = "Runs of produce with records of so many bytes each.")
    private List<Integer> sizes = List.of();

    @Option(names = "--kills", description = "Kills of failover in each turn.")
    private Optional<Integer> kills = Optional.empty();

    @Option(names = "--seconds", description = "Measured time of end-to-end and mixed.")
    private Optional<Integer> seconds = Optional.empty();

    @Option(names = "--rest", paramLabel = "SECONDS", description = "Rest of partitions.")
    private Optional<Integer> rest = Optional.empty();

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            description = "Time of produce and end-to-end before it counts (for scan: how many scans).")
    private Optional<Integer> warmUp = Optional.empty();

    @Option(
            names = "--work",
            paramLabel = "DIR",
            description = "Where Kafka's jars and the nodes' data are kept, on the disk to measure"
                    + " (default: ~/.cache/barnabas).")
    private Path work = Path.of(System.getProperty("user.home"), ".cache", "barnabas");

    @Option(names = "--keep", description = "Keep the nodes' data and logs.")
    private boolean keep;

    @Option(
            names = "--port",
            defaultValue = "23092",
            description = "The first node's port, or the next free one (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(names = "--kafka-version", paramLabel = "VERSION", description = "Which Kafka (default: the clients').")
    private String kafkaVersion = AppInfoParser.getVersion();

    @Option(
            names = "--kafka-java",
            paramLabel = "OPTIONS",
            defaultValue = KAFKA_JAVA,
            description = "Java options of Kafka's nodes (default: ${DEFAULT-VALUE}).")
    private String kafkaJava;

    @Option(names = "--kafka-config", paramLabel = "KEY=VALUE", description = "A setting of Kafka's nodes.")
    private Map<String, String> kafkaConfig = new LinkedHashMap<>();

    @Option(names = "--barnabas-config", paramLabel = "KEY=VALUE", description = "A setting of Barnabas' nodes.")
    private Map<String, String> barnabasConfig = new LinkedHashMap<>();

    @Override
    public void run() {
        if (rounds < 1) {
            throw new ParameterException(spec.commandLine(), "--rounds begins at 1");
        }
        List<Workload> planned = planned();
        Distribution.launcher();
        switch (flush) {
            case DEFAULT -> {}
            case SYNC -> {
                kafkaConfig.putIfAbsent("log.flush.interval.messages", "1");
                barnabasConfig.putIfAbsent("log.flush", "sync");
            }
            case ASYNC -> barnabasConfig.putIfAbsent("log.flush", "async");
        }
        Comparison comparison = compare(planned);
        report.tell(
                spec.commandLine().getOut(),
                ComparisonPage.rows(comparison),
                ComparisonPage.tree(comparison),
                ComparisonPage.of(comparison));
        if (!comparison.failures().isEmpty()) {
            throw new CommandFailedException(comparison.failures().size() + " failed; first: "
                    + comparison.failures().getFirst());
        }
    }

    private List<Workload> planned() {
        Map<String, String> changed = new HashMap<>();
        records.ifPresent(value -> changed.put("records", value.toString()));
        kills.ifPresent(value -> changed.put("kills", value.toString()));
        seconds.ifPresent(value -> changed.put("seconds", value.toString()));
        rest.ifPresent(value -> changed.put("rest", value.toString()));
        warmUp.ifPresent(value -> changed.put("warm-up", value.toString()));
        try {
            return Workload.parseAll(workloads, partitions, sizes, changed);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--workloads: " + e.getMessage(), e);
        }
    }

    private Comparison compare(List<Workload> planned) {
        Path libraries = KafkaJars.fetch(work, kafkaVersion);
        ComparedSystem kafka = new KafkaSystem(kafkaVersion, libraries, List.of(kafkaJava.split(" +")), kafkaConfig);
        ComparedSystem barnabas = new BarnabasSystem(barnabasConfig);
        Path directory = directory();
        CompareRun.Settings settings = new CompareRun.Settings(rounds, planned, directory, port, keep, shown());
        Comparison comparison = new CompareRun(
                        kafka, barnabas, settings, spec.commandLine().getErr())
                .run(part -> report.write(ComparisonPage.tree(part), ComparisonPage.of(part)));
        if (keep) {
            spec.commandLine().getErr().println("data and logs are in " + directory);
        }
        return comparison;
    }

    private Path directory() {
        try {
            return Files.createTempDirectory(Files.createDirectories(work), "compare-");
        } catch (IOException e) {
            throw new CommandFailedException("cannot make a directory in " + work + ": " + Failures.line(e), e);
        }
    }

    private Map<String, String> shown() {
        Map<String, String> shown = new LinkedHashMap<>();
        shown.put("nodes of each system", "3");
        shown.put("rounds", Integer.toString(rounds));
        shown.put("flush", flush.name().toLowerCase(Locale.ROOT));
        shown.put("Kafka's Java options", kafkaJava);
        shown.put("Kafka's settings", kafkaConfig.toString());
        shown.put("Barnabas' settings", barnabasConfig.toString());
        shown.put("Java", Runtime.version().toString());
        shown.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
        return shown;
    }
}
