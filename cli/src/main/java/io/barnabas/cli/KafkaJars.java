package io.barnabas.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;

/** Apache Kafka from Maven Central, fetched once for each version. */
final class KafkaJars {

    private static final String POM = "kafka-broker.xml";

    private KafkaJars() {}

    /**
     * The directory of the jars.
     *
     * @param cache where they are kept
     */
    static Path fetch(Path cache, String version) {
        Path home = cache.resolve("kafka-" + version);
        Path libraries = home.resolve("lib");
        Path complete = home.resolve("complete");
        if (Files.exists(complete)) {
            return libraries;
        }
        Path log = home.resolve("maven.log");
        try {
            Files.createDirectories(libraries);
            try (InputStream pom = Objects.requireNonNull(KafkaJars.class.getResourceAsStream(POM))) {
                Files.copy(pom, home.resolve("pom.xml"), StandardCopyOption.REPLACE_EXISTING);
            }
            int code = maven(home, version, libraries, log).waitFor();
            if (code != 0) {
                throw new CommandFailedException(
                        "Maven could not fetch Apache Kafka " + version + "; see " + log.toAbsolutePath());
            }
            Files.createFile(complete);
            return libraries;
        } catch (IOException e) {
            throw new CommandFailedException("cannot keep Apache Kafka in " + home + ": " + Failures.line(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException("interrupted", e);
        }
    }

    private static Process maven(Path home, String version, Path libraries, Path log) {
        List<String> command = List.of(
                "mvn",
                "-B",
                "-q",
                "-f",
                home.resolve("pom.xml").toString(),
                "-Dkafka.version=" + version,
                "-DincludeScope=runtime",
                "-DoutputDirectory=" + libraries.toAbsolutePath(),
                "dependency:copy-dependencies");
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
        } catch (IOException e) {
            throw new CommandFailedException(
                    "needs Maven (mvn) on the PATH to fetch Apache Kafka; get it from https://maven.apache.org", e);
        }
    }
}
