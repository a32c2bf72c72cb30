package io.barnabas.chaos.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a command of the host to its end, such as {@code ip}, {@code tc} or the distribution's own. */
final class HostCommand {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private HostCommand() {}

    /**
     * Runs it and gives what it said.
     *
     * @throws HostCommandException when it fails, cannot be run, or does not end in time
     */
    static String run(List<String> words, Duration patience) {
        try {
            ProcessBuilder builder = new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            Process process = builder.start();
            Thread watch = Thread.ofVirtual().start(() -> endAfterTimeout(process, patience));
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            int exit = process.waitFor();
            watch.interrupt();
            if (exit != 0) {
                throw new HostCommandException(String.join(" ", words) + " failed with " + exit + ": " + said);
            }
            return said;
        } catch (IOException e) {
            throw new HostCommandException(words.getFirst() + " cannot be run: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HostCommandException(String.join(" ", words) + " was interrupted", e);
        }
    }

    static String run(String... words) {
        return run(List.of(words), TIMEOUT);
    }

    /** Runs it, whether it succeeds or not; for what may have been done already. */
    static boolean attempt(String... words) {
        try {
            run(words);
            return true;
        } catch (HostCommandException e) {
            return false;
        }
    }

    private static void endAfterTimeout(Process process, Duration patience) {
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
