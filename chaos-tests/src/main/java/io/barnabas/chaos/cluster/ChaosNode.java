package io.barnabas.chaos.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One node: a directory with {@code node.properties}, {@code node.log} and {@code data}, and its process while it runs.
 * For one thread at a time.
 */
public final class ChaosNode {

    private static final int LOG_TAIL_LINES = 5;
    private static final Duration DEATH = Duration.ofSeconds(10);

    private final int id;
    private final Path home;
    private final Path launcher;
    private final Network network;
    private final Optional<NodeDisk> disk;
    private @Nullable Process process;

    ChaosNode(int id, Path home, Path launcher, Network network, Optional<NodeDisk> disk) {
        this.id = id;
        this.home = home;
        this.launcher = launcher;
        this.network = network;
        this.disk = disk;
    }

    public int id() {
        return id;
    }

    /** What the node says, of all its starts. */
    public Path log() {
        return home.resolve("node.log");
    }

    Path data() {
        return home.resolve("data");
    }

    private Path settings() {
        return home.resolve("node.properties");
    }

    void write(String properties) {
        try {
            Files.createDirectories(home);
            Files.writeString(settings(), properties);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + settings(), e);
        }
    }

    void format(String clusterId) {
        HostCommand.run(
                launcher.toString(), "quorum", "format", "--config", settings().toString(), "--cluster-id", clusterId);
    }

    /** Starts it, unless it runs; returns at once. */
    public void start() {
        if (isRunning()) {
            return;
        }
        ProcessBuilder builder = new ProcessBuilder(network.inside(
                        id,
                        List.of(
                                launcher.toString(),
                                "node",
                                "start",
                                "--config",
                                settings().toString())))
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start node " + id, e);
        }
    }

    /** Whether its process lives, be it frozen. */
    public boolean isRunning() {
        Process current = process;
        return current != null && current.isAlive();
    }

    /** SIGKILL, as a power switch; it is gone on return. */
    public void kill() {
        Process current = process;
        if (current != null && current.isAlive()) {
            current.destroyForcibly();
            await(current, DEATH);
        }
    }

    /** SIGTERM: it hands over and stops, in its own time. */
    public void terminate() {
        Process current = process;
        if (current != null) {
            current.destroy();
        }
    }

    /**
     * Waits for the end of one that was terminated.
     *
     * @return false when it had to be killed after that time
     */
    public boolean awaitEnd(Duration patience) {
        Process current = process;
        if (current == null || await(current, patience)) {
            return true;
        }
        kill();
        return false;
    }

    /** SIGSTOP: it keeps its connections and does nothing. */
    public void freeze() {
        signal("STOP");
    }

    /** SIGCONT: it goes on and does not know that it was away. */
    public void thaw() {
        signal("CONT");
    }

    private void signal(String name) {
        Process current = process;
        if (current != null && current.isAlive()) {
            HostCommand.run("kill", "-" + name, Long.toString(current.pid()));
        }
    }

    private static boolean await(Process process, Duration patience) {
        try {
            return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Lets no byte more fit on its disk. */
    public void fillDisk() {
        disk.orElseThrow(() -> new IllegalStateException("node " + id + " has no disk of its own"))
                .fill();
    }

    /** Makes room again. */
    public void freeDisk() {
        disk.ifPresent(NodeDisk::free);
    }

    /** SIGKILL, and what it wrote and did not sync is gone; needs a block disk, as all that follows. */
    public void losePower() {
        kill();
        blockDisk().cutPower();
    }

    /** Its disk answers with errors, whatever it asks. */
    public void breakDisk() {
        blockDisk().breakDown();
    }

    /** Starts it anew with a disk that works, on which is what reached it before. */
    public void restore() {
        kill();
        blockDisk().reconnect();
        start();
    }

    /** Writing and syncing takes until {@link #letDiskGoOn}. */
    public void stallDisk() {
        blockDisk().stall();
    }

    public void letDiskGoOn() {
        blockDisk().goOn();
    }

    private BlockDisk blockDisk() {
        if (disk.orElse(null) instanceof BlockDisk device) {
            return device;
        }
        throw new IllegalStateException("node " + id + " has no block disk");
    }

    /** Deletes all its data; while it is not running. */
    void wipe() {
        try {
            if (Files.exists(data())) {
                Files.walkFileTree(data(), new Deletion(data()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot wipe " + data(), e);
        }
    }

    /** The end of what it said, for who reads why it did not start. */
    String logTail() {
        try {
            List<String> lines = Files.readAllLines(log());
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_TAIL_LINES), lines.size()));
        } catch (IOException e) {
            return "(no log)";
        }
    }

    /** Ends it whatever state it is in. */
    void end() {
        // First the disk: a process that waits for a stalled one does not die.
        disk.ifPresent(NodeDisk::close);
        kill();
    }

    /** Deletes what is in a directory, which may be a mount and stays. */
    private static final class Deletion extends SimpleFileVisitor<Path> {

        private final Path top;

        Deletion(Path top) {
            this.top = top;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) throws IOException {
            if (failure != null) {
                throw failure;
            }
            if (!directory.equals(top)) {
                Files.delete(directory);
            }
            return FileVisitResult.CONTINUE;
        }
    }
}
