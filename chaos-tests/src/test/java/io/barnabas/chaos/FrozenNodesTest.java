package io.barnabas.chaos;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGSTOP of each node in turn, for longer than an election takes, and SIGCONT: the thawed node believes that it leads
 * and has clients who believe it too.
 */
class FrozenNodesTest {

    @TempDir
    Path directory;

    @Test
    @Timeout(300)
    void everyPromiseIsKeptWhenNodesFreezeAndThaw() throws Exception {
        LoadedCluster.assertPromisesKept(
                directory,
                "freeze each node",
                cluster -> cluster.eachNode("freeze", BackgroundCluster::freeze, BackgroundCluster::thaw));
    }
}
