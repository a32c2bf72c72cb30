package io.barnabas.cli;

import io.barnabas.net.node.ClusterId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Nodes of Apache Kafka, each broker and KRaft controller in one, with default settings but for the replication factors. */
final class KafkaSystem implements ComparedSystem {

    private static final int CONTROLLER_DISTANCE = 1_000;
    private static final String LOGGING = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn";

    private final String version;
    private final Path libraries;
    private final List<String> javaOptions;
    private final Map<String, String> settings;

    /**
     * Of jars that are here.
     *
     * @param libraries the directory of the jars
     * @param javaOptions of the nodes
     * @param settings beside the usual ones
     */
    KafkaSystem(String version, Path libraries, List<String> javaOptions, Map<String, String> settings) {
        this.version = version;
        this.libraries = libraries;
        this.javaOptions = javaOptions;
        this.settings = settings;
    }

    static String name(String version) {
        return "Apache Kafka " + version;
    }

    @Override
    public String name() {
        return name(version);
    }

    @Override
    public Layout layOut(Path directory, List<Integer> ports) {
        int controller = FreePorts.run(ports.getLast() + CONTROLLER_DISTANCE, ports.size())
                .orElseThrow(() -> new CommandFailedException("found no free ports for Kafka's controllers"));
        String id = ClusterId.random();
        String voters = IntStream.rangeClosed(1, ports.size())
                .mapToObj(node -> node + "@" + LocalCluster.HOST + ":" + (controller + node - 1))
                .collect(Collectors.joining(","));
        List<Callable<Boolean>> formats = new ArrayList<>();
        try {
            for (int node = 1; node <= ports.size(); node++) {
                Path home = Files.createDirectories(home(directory, node));
                Files.writeString(
                        config(directory, node),
                        settings(node, ports.get(node - 1), controller + node - 1, voters, home.resolve("data")));
                Path config = config(directory, node);
                Path log = log(directory, node);
                formats.add(() -> format(config, id, log));
            }
        } catch (IOException e) {
            throw new CommandFailedException("cannot write Kafka's settings: " + Failures.line(e), e);
        }
        Parallel.run(formats);
        return new Layout() {
            @Override
            public ProcessHandle launch(int node) {
                return java(
                                javaOptions,
                                KafkaSystem.log(directory, node),
                                "kafka.Kafka",
                                config(directory, node).toString())
                        .toHandle();
            }

            @Override
            public Path log(int node) {
                return KafkaSystem.log(directory, node);
            }
        };
    }

    private String settings(int node, int port, int controllerPort, String voters, Path data) {
        StringBuilder text = new StringBuilder("""
                process.roles=broker,controller
                node.id=%d
                listeners=PLAINTEXT://%s:%d,CONTROLLER://%s:%d
                advertised.listeners=PLAINTEXT://%s:%d
                controller.listener.names=CONTROLLER
                controller.quorum.voters=%s
                log.dirs=%s
                default.replication.factor=3
                offsets.topic.replication.factor=3
                transaction.state.log.replication.factor=3
                share.coordinator.state.topic.replication.factor=3
                """.formatted(
                        node,
                        LocalCluster.HOST,
                        port,
                        LocalCluster.HOST,
                        controllerPort,
                        LocalCluster.HOST,
                        port,
                        voters,
                        data));
        settings.forEach(
                (key, value) -> text.append(key).append('=').append(value).append('\n'));
        return text.toString();
    }

    private boolean format(Path config, String id, Path log) throws InterruptedException {
        Process process = java(List.of(), log, "kafka.tools.StorageTool", "format", "-t", id, "-c", config.toString());
        if (process.waitFor() != 0) {
            throw new CommandFailedException("Kafka's storage could not be formatted; see " + log);
        }
        return true;
    }

    private Process java(List<String> options, Path log, String... program) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of(LOGGING, "-cp", libraries.resolve("*").toString()));
        command.addAll(List.of(program));
        try {
            return new ProcessBuilder(command)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        } catch (IOException e) {
            throw new CommandFailedException("cannot start Apache Kafka: " + Failures.line(e), e);
        }
    }

    private static Path home(Path directory, int node) {
        return directory.resolve("node-" + node).toAbsolutePath();
    }

    private static Path config(Path directory, int node) {
        return home(directory, node).resolve("server.properties");
    }

    private static Path log(Path directory, int node) {
        return home(directory, node).resolve("node.log");
    }
}
