package io.barnabas.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.barnabas.net.node.DataDirectory;
import io.barnabas.net.node.NodeConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalClusterTest {

    private static final int FIRST_PORT = 20_400;

    @TempDir
    private Path directory;

    @Test
    void aNewClusterHasValidSettingsAndFormattedDataForEachNode() throws Exception {
        LocalCluster cluster = LocalCluster.create(directory, 3, FIRST_PORT);

        Set<String> clusterIds = new HashSet<>();
        Set<Integer> ports = new HashSet<>();
        for (LocalNode node : cluster.nodes()) {
            NodeConfig config = NodeConfig.read(node.settings());
            assertThat(config.nodeId()).isEqualTo(node.id());
            assertThat(config.logDirs()).containsExactly(node.home().resolve("data"));
            assertThat(config.raft().voters()).hasSize(3);
            DataDirectory.Identity identity =
                    DataDirectory.identityOf(config.metadataDir()).orElseThrow();
            assertThat(identity.nodeId()).isEqualTo(node.id());
            clusterIds.add(identity.clusterId());
            ports.add(config.listeners().getFirst().address().port());
            ports.add(config.raft().metadataListener().port());
            ports.add(config.raft().partitionListener().port());
        }
        assertThat(clusterIds).hasSize(1);
        assertThat(ports).as("no port is given twice").hasSize(9);
        assertThat(cluster.bootstrap()).isEqualTo("127.0.0.1:20400,127.0.0.1:20401,127.0.0.1:20402");
    }

    @ParameterizedTest
    @ValueSource(ints = {22_750, 22_765, 28_000, 32_770, 50_000})
    void raftPortsAreNotThoseOfOutgoingConnections(int firstPort) throws Exception {
        LocalCluster cluster = LocalCluster.create(directory, 3, firstPort);

        for (LocalNode node : cluster.nodes()) {
            NodeConfig config = NodeConfig.read(node.settings());
            assertThat(List.of(
                            config.raft().metadataListener().port(),
                            config.raft().partitionListener().port()))
                    .allSatisfy(port -> assertThat(port).isBetween(12_750, 32_767));
        }
    }

    @Test
    void aClusterIsFoundAgainInItsDirectory() {
        LocalCluster made = LocalCluster.create(directory, 2, FIRST_PORT);

        LocalCluster found = LocalCluster.find(directory).orElseThrow();

        assertThat(found.nodes()).isEqualTo(made.nodes());
        assertThat(found.bootstrap()).isEqualTo(made.bootstrap());
        assertThat(found.node(2).port()).isEqualTo(FIRST_PORT + 1);
    }

    @Test
    void otherDirectoriesHoldNoCluster() throws IOException {
        Files.createDirectories(directory.resolve("node-1"));
        Files.writeString(directory.resolve("node-2"), "a file");

        assertThat(LocalCluster.find(directory)).isEmpty();
        assertThat(LocalCluster.find(directory.resolve("none"))).isEmpty();
    }

    @Test
    void aNodeIsItsOwnLastReplicaInASmallCluster() {
        assertThat(LocalCluster.settings(1, 1, 9092, 19092, "1@127.0.0.1:19092"))
                .contains("default.replication.factor=1\n");
        assertThat(LocalCluster.settings(1, 5, 9092, 19092, "1@127.0.0.1:19092"))
                .contains("default.replication.factor=3\n");
    }

    @Test
    void takenPortsArePassedOver() throws IOException {
        int from = FreePorts.run(FIRST_PORT + 100, 6).orElseThrow();
        try (ServerSocket taken = new ServerSocket()) {
            taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), from + 1));

            assertThat(FreePorts.all(from, 3)).isFalse();
            assertThat(FreePorts.run(from, 3))
                    .hasValueSatisfying(found -> assertThat(found).isGreaterThanOrEqualTo(from + 3));
        }
    }

    @Test
    void bootstrapRefusesTakenPorts() throws IOException {
        try (ServerSocket taken = new ServerSocket()) {
            taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            // A port that the system picked may lie above those that bootstrap allows.
            int port = taken.getLocalPort();
            assumeTrue(port < 54_000);

            Run run = Run.of(
                    "quorum", "bootstrap", "--local", "3", "--dir", directory.toString(), "--port", "" + (port - 1));

            assertThat(run.exit()).isEqualTo(1);
            assertThat(run.err().lines()).singleElement().asString().contains(port - 1 + " to", "--port");
            assertThat(directory).isEmptyDirectory();
        }
    }

    @Test
    void aPidThatBelongsToAnotherProgramIsNotTheNode() throws IOException {
        LocalNode node = LocalCluster.create(directory, 1, FIRST_PORT).node(1);
        assertThat(node.process()).isEmpty();

        Files.writeString(
                node.home().resolve("node.pid"),
                Long.toString(ProcessHandle.current().pid()));

        assertThat(node.process()).isEmpty();
        Run stop = Run.of("quorum", "stop", "--dir", directory.toString());
        assertThat(stop.exit()).isZero();
        assertThat(stop.out()).contains("node 1 did not run");
    }

    @Test
    void aDamagedPidFileIsNamed() throws IOException {
        LocalNode node = LocalCluster.create(directory, 1, FIRST_PORT).node(1);
        Files.writeString(node.home().resolve("node.pid"), "not a number");

        assertThatThrownBy(node::process)
                .isInstanceOf(CommandFailedException.class)
                .hasMessageContaining("node.pid");
    }

    @Test
    void settingsWithoutAPortAreRefused() throws IOException {
        Path home = Files.createDirectories(directory.resolve("node-1"));
        Files.writeString(home.resolve("node.properties"), "node.id=1\n");

        assertThatThrownBy(() -> LocalNode.of(home))
                .isInstanceOf(CommandFailedException.class)
                .hasMessageContaining("listeners");
    }

    @Test
    void aProcessWhoseCommandLineIsTooLongToBeReadIsNoNode() throws Exception {
        LocalNode node = LocalCluster.create(directory, 1, FIRST_PORT).node(1);
        Process other = new ProcessBuilder("sh", "-c", "read line", "x".repeat(20_000)).start();
        try {
            Files.writeString(node.home().resolve("node.pid"), Long.toString(other.pid()));
            assertThat(other.info().arguments()).as("the system cuts it off").isEmpty();

            assertThat(node.process()).isEmpty();
            assertThat(other.isAlive()).isTrue();
        } finally {
            other.destroyForcibly();
        }
    }
}
