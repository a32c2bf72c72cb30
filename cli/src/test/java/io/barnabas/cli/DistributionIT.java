package io.barnabas.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The distribution as it is built: launcher, files, exit codes of a real process. */
class DistributionIT {

    @TempDir
    private Path scratch;

    @Test
    void holdsWhatANodeNeeds() {
        assertThat(Shell.home().resolve("conf/node.properties")).isRegularFile();
        assertThat(Shell.home().resolve("conf/jvm.options")).isRegularFile();
        assertThat(Shell.home().resolve("lib")).isDirectoryContaining("glob:**/rocksdbjni-*.jar");
        assertThat(Shell.home().resolve("lib")).isDirectoryContaining("glob:**/kafka-clients-*.jar");
        assertThat(Shell.home().resolveSibling(Shell.home().getFileName() + ".tar.gz"))
                .isRegularFile();
    }

    @Test
    void theLauncherRunsFromAnywhereAndThroughSymlinks() throws IOException {
        Path link =
                Files.createSymbolicLink(scratch.resolve("first"), Shell.home().resolve("bin/barnabas"));
        Path linkToLink = Files.createSymbolicLink(scratch.resolve("second"), Path.of("first"));

        Run direct = new Shell(scratch).run("--version");
        Run linked = new Shell(scratch, linkToLink).run("--version");

        assertThat(link).isSymbolicLink();
        assertThat(direct.exit()).isZero();
        assertThat(direct.out()).matches("barnabas \\d+\\.\\d+\\.\\d+\\R");
        assertThat(direct.err()).isEmpty();
        assertThat(linked).isEqualTo(direct);
    }

    @Test
    void exitCodesReachTheShell() {
        Shell shell = new Shell(scratch);

        assertThat(shell.run("--help").exit()).isZero();
        assertThat(shell.run("quorum", "stop", "--dir", "nowhere").exit()).isEqualTo(1);
        assertThat(shell.run("no-such-command").exit()).isEqualTo(2);
    }

    @Test
    void theExampleSettingsAreValid() throws IOException {
        Path config = scratch.resolve("node.properties");
        Files.copy(Shell.home().resolve("conf/node.properties"), config);
        Files.writeString(config, Files.readString(config).replace("log.dirs=../data", "log.dirs=data"));

        Run format = new Shell(scratch).run("quorum", "format", "--config", config.toString());

        assertThat(format.err()).isEmpty();
        assertThat(format.exit()).isZero();
        assertThat(scratch.resolve("data/meta.properties")).isRegularFile();
    }

    /** RocksDB's own way is to unpack its library at each start and to delete it at the end, which a kill prevents. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aKilledNodeLeavesNothingInTheTemporaryDirectory() throws IOException {
        Path temporary = Files.createDirectory(scratch.resolve("tmp"));
        Shell shell = new Shell(scratch).with("BARNABAS_JAVA_OPTS", "-Djava.io.tmpdir=" + temporary);

        Run bootstrap = shell.run("quorum", "bootstrap", "--local", "1", "--dir", "killed");
        assertThat(bootstrap.exit()).as(bootstrap.err()).isZero();
        ProcessHandle node = ProcessHandle.of(Long.parseLong(Files.readString(scratch.resolve("killed/node-1/node.pid"))
                        .strip()))
                .orElseThrow();
        node.destroyForcibly();
        node.onExit().join();

        assertThat(scratch.resolve("killed/node-1/data/index/CURRENT")).isRegularFile();
        assertThat(temporary).isEmptyDirectory();
    }
}
