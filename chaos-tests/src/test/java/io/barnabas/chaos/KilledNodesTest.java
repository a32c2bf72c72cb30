package io.barnabas.chaos;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** SIGKILL of each node in turn. */
class KilledNodesTest {

    @TempDir
    Path directory;

    @Test
    @Timeout(300)
    void everyPromiseIsKeptWhenNodesAreKilled() throws Exception {
        LoadedCluster.assertPromisesKept(
                directory,
                "kill each node",
                cluster -> cluster.eachNode("kill", BackgroundCluster::kill, (nodes, id) -> nodes.start()));
    }
}
