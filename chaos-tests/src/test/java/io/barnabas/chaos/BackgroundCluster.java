package io.barnabas.chaos;

import io.barnabas.cli.FreePorts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A cluster of real node processes, made and stopped by the built distribution's own command. */
final class BackgroundCluster implements AutoCloseable {

    private static final long COMMAND_TIMEOUT_S = 120;
    private static final int LOWEST_PORT = 21_000;

    private final Path launcher = Path.of(System.getProperty("barnabas.home"), "bin", "barnabas");
    private final Path directory;
    private final int nodes;
    private final int port;

    BackgroundCluster(Path directory, int nodes) throws Exception {
        this.directory = directory;
        this.nodes = nodes;
        this.port = FreePorts.run(LOWEST_PORT, nodes).orElseThrow();
        start();
    }

    /** Starts all nodes that do not run and waits until the cluster serves. */
    void start() throws Exception {
        run(
                "quorum",
                "bootstrap",
                "--local",
                Integer.toString(nodes),
                "--dir",
                directory.toString(),
                "--port",
                Integer.toString(port));
    }

    String bootstrap() {
        List<String> servers = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            servers.add("127.0.0.1:" + (port + i));
        }
        return String.join(",", servers);
    }

    /** Ends a node as a power switch would. */
    void kill(int id) throws Exception {
        String pid = Files.readString(directory.resolve("node-" + id).resolve("node.pid"))
                .strip();
        Process kill =
                new ProcessBuilder("sh", "-c", "kill -KILL " + pid).inheritIO().start();
        if (kill.waitFor() != 0) {
            throw new IllegalStateException("node " + id + ", process " + pid + ", cannot be killed");
        }
    }

    private void run(String... command) throws Exception {
        List<String> line = new ArrayList<>(List.of(launcher.toString()));
        line.addAll(List.of(command));
        Path log = Files.createTempFile("barnabas-command", ".log");
        ProcessBuilder builder =
                new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        if (!process.waitFor(COMMAND_TIMEOUT_S, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        String output = Files.readString(log);
        Files.delete(log);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(line + " failed: " + output);
        }
    }

    @Override
    public void close() throws Exception {
        run("quorum", "stop", "--dir", directory.toString());
    }
}
