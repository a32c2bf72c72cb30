package io.barnabas.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.net.node.ClusterId;
import io.barnabas.net.node.DataDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuorumFormatCommandTest {

    private static final String SETTINGS = """
            node.id=7
            quorum.voters=7@127.0.0.1:19092
            log.dirs=data
            """;

    @TempDir
    private Path directory;

    private Path config;

    @BeforeEach
    void writeSettings() throws IOException {
        config = Files.writeString(directory.resolve("node.properties"), SETTINGS);
    }

    private Run format(String... more) {
        String[] arguments = new String[4 + more.length];
        System.arraycopy(new String[] {"quorum", "format", "--config", config.toString()}, 0, arguments, 0, 4);
        System.arraycopy(more, 0, arguments, 4, more.length);
        return Run.of(arguments);
    }

    @Test
    void drawsAClusterIdAndShowsIt() throws Exception {
        Run run = format();

        assertThat(run.exit()).isZero();
        DataDirectory.Identity identity =
                DataDirectory.identityOf(directory.resolve("data")).orElseThrow();
        assertThat(identity.nodeId()).isEqualTo(7);
        assertThat(ClusterId.isValid(identity.clusterId())).isTrue();
        assertThat(run.out()).contains("Formatted", identity.clusterId());
    }

    @Test
    void formattingAgainForTheSameClusterChangesNothing() {
        String id = ClusterId.random();
        assertThat(format("--cluster-id", id).exit()).isZero();

        Run again = format("--cluster-id", id);

        assertThat(again.exit()).isZero();
        assertThat(again.out()).startsWith("Already formatted");
    }

    @Test
    void aDirectoryOfAnotherClusterIsRefused() throws Exception {
        String id = ClusterId.random();
        format("--cluster-id", id);

        Run other = format("--cluster-id", ClusterId.random());

        assertThat(other.exit()).isEqualTo(1);
        assertThat(other.err().lines()).singleElement().asString().contains("belongs to node 7", id);
        assertThat(DataDirectory.identityOf(directory.resolve("data")))
                .hasValueSatisfying(identity -> assertThat(identity.clusterId()).isEqualTo(id));
    }

    @Test
    void wrongSettingsAreNamedWithWhatIsAllowed() throws IOException {
        Files.writeString(config, SETTINGS + "log.fush=sync\nnum.partitions=many\n");

        Run run = format();

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err()).contains("log.fush", "num.partitions=many", "whole number");
        assertThat(directory.resolve("data")).doesNotExist();
    }

    @Test
    void missingSettingsAreNamed() throws IOException {
        Files.delete(config);

        Run run = format();

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err().lines()).singleElement().asString().contains(config.toString());
    }

    @Test
    void anUnformattedDirectoryIsNotStarted() {
        Run run = Run.of("node", "start", "--config", config.toString());

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err().lines()).singleElement().asString().contains("not formatted", "quorum format");
    }
}
