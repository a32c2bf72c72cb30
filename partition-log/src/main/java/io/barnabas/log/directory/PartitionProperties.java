package io.barnabas.log.directory;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * Names the partition in its directory, for people and for the start before the metadata is known.
 *
 * @param topic the topic's name
 * @param partition the partition's number
 */
public record PartitionProperties(String topic, int partition) {

    private static final String FILE = "partition.properties";

    /** Reads the file in a replica's directory. */
    public static PartitionProperties read(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
            return new PartitionProperties(
                    properties.getProperty("topic"), Integer.parseInt(properties.getProperty("partition")));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " does not name a partition", e);
        }
    }

    /** Writes the file unless it is there. */
    public void write(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        if (!Files.exists(file)) {
            Files.writeString(file, "topic=" + topic + "\npartition=" + partition + "\n", StandardCharsets.UTF_8);
        }
    }
}
