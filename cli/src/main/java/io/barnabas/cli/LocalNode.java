package io.barnabas.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One node of a local cluster, running or not.
 *
 * @param id its {@code node.id}
 * @param home its directory
 * @param port its client port
 */
record LocalNode(int id, Path home, int port) {

    static final String SETTINGS = "node.properties";

    private static final Pattern LISTENER_PORT = Pattern.compile(".*:(\\d+)");
    private static final int LOG_TAIL_LINES = 5;
    private static final long POLL_MS = 10;

    static LocalNode of(Path home) {
        Properties settings = new Properties();
        try (Reader reader = Files.newBufferedReader(home.resolve(SETTINGS))) {
            settings.load(reader);
        } catch (IOException e) {
            throw new CommandFailedException("cannot read " + home.resolve(SETTINGS) + ": " + Failures.line(e), e);
        }
        Matcher port = LISTENER_PORT.matcher(settings.getProperty("listeners", ""));
        if (!port.matches()) {
            throw new CommandFailedException(home.resolve(SETTINGS) + " names no port in 'listeners'");
        }
        return new LocalNode(
                Integer.parseInt(settings.getProperty("node.id")),
                home.toAbsolutePath(),
                Integer.parseInt(port.group(1)));
    }

    Path settings() {
        return home.resolve(SETTINGS);
    }

    Path log() {
        return home.resolve("node.log");
    }

    private Path pidFile() {
        return home.resolve("node.pid");
    }

    /** Starts the node as a process of its own that outlives this one, and notes its pid. */
    ProcessHandle start() {
        Path launcher = Distribution.launcher();
        // nohup, so that a closed terminal does not end the node; it becomes the node's process itself.
        ProcessBuilder builder = new ProcessBuilder(
                        "nohup",
                        launcher.toString(),
                        "node",
                        "start",
                        "--config",
                        settings().toString())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        try {
            Process process = builder.start();
            Files.writeString(pidFile(), process.pid() + "\n");
            return process.toHandle();
        } catch (IOException e) {
            throw new CommandFailedException("cannot start node " + id + ": " + Failures.line(e), e);
        }
    }

    /** The node's process, when it runs; a pid that meanwhile belongs to another program does not count. */
    Optional<ProcessHandle> process() {
        try {
            long pid = Long.parseLong(Files.readString(pidFile()).strip());
            return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).filter(this::isThisNode);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | NumberFormatException e) {
            throw new CommandFailedException("cannot read " + pidFile() + ": " + Failures.line(e), e);
        }
    }

    /** One whose command line cannot be read is another user's, or has a longer one than a node ever has. */
    private boolean isThisNode(ProcessHandle process) {
        String wanted = settings().toString();
        return process.info()
                .arguments()
                .map(arguments -> List.of(arguments).contains(wanted))
                .or(() -> process.info().commandLine().map(line -> line.contains(wanted)))
                .orElse(false);
    }

    /** Asks the node to stop and waits; false when it had to be killed. */
    boolean stop(Duration patience) {
        Optional<ProcessHandle> running = process();
        if (running.isEmpty()) {
            return true;
        }
        running.get().destroy();
        boolean graceful = await(running.get(), patience);
        if (!graceful) {
            kill();
        }
        return graceful;
    }

    /** Ends the node as {@code kill -9} does. */
    void kill() {
        process().ifPresent(process -> {
            process.destroyForcibly();
            await(process, Duration.ofSeconds(10));
        });
    }

    /**
     * Waits for a process to end. Looks again and again instead of using {@code onExit}, whose future is completed by
     * the common pool, which on two processors is one thread that the caller may well be keeping busy.
     */
    private static boolean await(ProcessHandle process, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            while (process.isAlive()) {
                if (System.nanoTime() > deadline) {
                    return false;
                }
                TimeUnit.MILLISECONDS.sleep(POLL_MS);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The end of the node's log, to explain a failed start. */
    String logTail() {
        try {
            List<String> lines = Files.readAllLines(log());
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_TAIL_LINES), lines.size()));
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }
}
