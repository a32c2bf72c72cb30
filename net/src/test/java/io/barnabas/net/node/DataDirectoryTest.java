package io.barnabas.net.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {

    @TempDir
    Path parent;

    private Path path;
    private final DataDirectory.Identity identity = new DataDirectory.Identity(ClusterId.random(), 4);

    @BeforeEach
    void choosePath() {
        path = parent.resolve("deep").resolve("data");
    }

    @Test
    void aFormattedDirectoryOpensAsItsNodes() throws Exception {
        assertThat(DataDirectory.format(path, identity)).isTrue();
        try (DataDirectory directory = DataDirectory.open(path, 4)) {
            assertThat(directory.identity()).isEqualTo(identity);
            assertThat(directory.id()).hasSize(36);
        }
    }

    @Test
    void formattingAgainForTheSameNodeChangesNothing() throws Exception {
        DataDirectory.format(path, identity);
        byte[] before = Files.readAllBytes(path.resolve("meta.properties"));
        assertThat(DataDirectory.format(path, identity)).isFalse();
        assertThat(Files.readAllBytes(path.resolve("meta.properties"))).isEqualTo(before);
    }

    @Test
    void anotherNodesOrClustersDirectoryIsNotFormatted() throws Exception {
        DataDirectory.format(path, identity);
        assertThatThrownBy(() -> DataDirectory.format(path, new DataDirectory.Identity(identity.clusterId(), 5)))
                .isInstanceOf(DataDirectoryException.class)
                .hasMessageContaining("belongs to node 4")
                .hasMessageContaining("use another directory");
        assertThatThrownBy(() -> DataDirectory.format(path, new DataDirectory.Identity(ClusterId.random(), 4)))
                .isInstanceOf(DataDirectoryException.class)
                .hasMessageContaining(identity.clusterId());
    }

    @Test
    void anUnformattedDirectoryIsNotOpened() {
        assertThatThrownBy(() -> DataDirectory.open(path, 4))
                .isInstanceOf(DataDirectoryException.class)
                .hasMessageContaining("not formatted")
                .hasMessageContaining("quorum format");
    }

    @Test
    void anotherNodesDirectoryIsNotOpened() throws Exception {
        DataDirectory.format(path, identity);
        assertThatThrownBy(() -> DataDirectory.open(path, 5))
                .isInstanceOf(DataDirectoryException.class)
                .hasMessageContaining("belongs to node 4")
                .hasMessageContaining("node.id is 5");
    }

    @Test
    void aDirectoryOpensOnlyOnceInOneProcess() throws Exception {
        DataDirectory.format(path, identity);
        try (DataDirectory first = DataDirectory.open(path, 4)) {
            assertThat(first.path()).isEqualTo(path);
            assertThatThrownBy(() -> DataDirectory.open(path, 4))
                    .isInstanceOf(DataDirectoryException.class)
                    .hasMessageContaining("in use by another process");
        }
        DataDirectory.open(path, 4).close();
    }

    @Test
    void aDirectoryThatAnotherProcessHoldsIsNotOpenedUntilThatIsKilled() throws Exception {
        DataDirectory.format(path, identity);
        Process holder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        LockHolder.class.getName(),
                        path.resolve(".lock").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            assertThat(holder.getInputStream().read()).isEqualTo('L');
            assertThatThrownBy(() -> DataDirectory.open(path, 4))
                    .isInstanceOf(DataDirectoryException.class)
                    .hasMessageContaining("in use by another process");
        } finally {
            holder.destroyForcibly();
        }
        assertThat(holder.waitFor(10, TimeUnit.SECONDS)).isTrue();
        DataDirectory.open(path, 4).close();
    }

    @Test
    void aDamagedOrNewerIdentityIsNotGuessed() throws Exception {
        Files.createDirectories(path);
        Files.writeString(path.resolve("meta.properties"), "version=1\ncluster.id=\nnode.id=4\n");
        assertThatThrownBy(() -> DataDirectory.open(path, 4))
                .isInstanceOf(DataDirectoryException.class)
                .hasMessageContaining("damaged");
        Files.writeString(path.resolve("meta.properties"), "version=9\ncluster.id=x\nnode.id=4\n");
        assertThatThrownBy(() -> DataDirectory.open(path, 4))
                .isInstanceOf(DataDirectoryException.class)
                .hasMessageContaining("version '9'");
    }

    @Test
    void aClusterIdIsAUuidInTwentyTwoCharacters() {
        assertThat(ClusterId.isValid(ClusterId.random())).isTrue();
        assertThat(ClusterId.random()).hasSize(22).isNotEqualTo(ClusterId.random());
        assertThat(ClusterId.isValid("my-cluster")).isFalse();
        assertThat(ClusterId.isValid("!".repeat(22))).isFalse();
        assertThat(ClusterId.isValid("A".repeat(22))).isFalse();
        assertThatThrownBy(() -> DataDirectory.format(path, new DataDirectory.Identity("my-cluster", 4)))
                .isInstanceOf(DataDirectoryException.class)
                .hasMessageContaining("no cluster id");
    }

    /** Holds a lock in a process of its own until it is killed. */
    static final class LockHolder {

        private LockHolder() {}

        public static void main(String[] args) throws IOException {
            try (FileChannel channel =
                            FileChannel.open(Path.of(args[0]), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                System.out.print(lock.isValid() ? 'L' : '?');
                System.out.flush();
                System.in.transferTo(System.out);
            }
        }
    }
}
