package io.barnabas.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs the built distribution's launcher as a process of its own, as a person at a shell does. */
final class Shell {

    private static final int PATIENCE_S = 120;

    private final Path scratch;
    private final Path launcher;
    private final Map<String, String> variables;

    /** Keeps output in {@code scratch}, which is also where commands run. */
    Shell(Path scratch) {
        this(scratch, home().resolve("bin").resolve("barnabas"));
    }

    Shell(Path scratch, Path launcher) {
        this(scratch, launcher, Map.of());
    }

    private Shell(Path scratch, Path launcher, Map<String, String> variables) {
        this.scratch = scratch;
        this.launcher = launcher;
        this.variables = variables;
    }

    /** The same with one environment variable set, and no other of this method. */
    Shell with(String variable, String value) {
        return new Shell(scratch, launcher, Map.of(variable, value));
    }

    static Path home() {
        return Path.of(System.getProperty("barnabas.home"));
    }

    Run run(String... arguments) {
        return runWith("", arguments);
    }

    /** Runs a command to its end with {@code input} as its standard input. */
    Run runWith(String input, String... arguments) {
        try {
            Path in = Files.createTempFile(scratch, "in", ".txt");
            Path out = Files.createTempFile(scratch, "out", ".txt");
            Path err = Files.createTempFile(scratch, "err", ".txt");
            Files.writeString(in, input);
            List<String> command = new ArrayList<>();
            command.add(launcher.toString());
            command.addAll(List.of(arguments));
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.environment().putAll(variables);
            Process process = builder.directory(scratch.toFile())
                    .redirectInput(in.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            if (!process.waitFor(PATIENCE_S, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(String.join(" ", command) + " does not end; it printed:\n"
                        + Files.readString(out) + Files.readString(err));
            }
            return new Run(
                    process.exitValue(),
                    Files.readString(out, StandardCharsets.UTF_8),
                    Files.readString(err, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
