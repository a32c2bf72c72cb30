package io.barnabas.log.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Where benchmarks write: the directory of {@code -Dbench.dir}, or {@code target/bench}, on the disk to be measured. */
final class Directories {

    private Directories() {}

    static Path fresh(String name) throws IOException {
        Path parent = Path.of(System.getProperty("bench.dir", "target/bench")).toAbsolutePath();
        return Files.createTempDirectory(Files.createDirectories(parent), name + "-");
    }

    static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> walk = Files.walk(directory)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (Path each : all) {
            Files.deleteIfExists(each);
        }
    }
}
