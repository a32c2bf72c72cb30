package io.barnabas.cli;

import java.nio.file.Path;
import java.util.List;

/** A system that can be compared: how its nodes are set up, and how one is started. */
interface ComparedSystem {

    /** Its name and version. */
    String name();

    /**
     * Writes settings and formats data for nodes with the ids 1, 2, ...
     *
     * @param directory a directory that is empty
     * @param ports the nodes' client ports on the loopback
     */
    Layout layOut(Path directory, List<Integer> ports);

    /** Nodes that can be started. */
    interface Layout {

        /** Starts a node; its process is the node itself, no shell around it. */
        ProcessHandle launch(int node);

        /** Where it says why it stopped. */
        Path log(int node);
    }
}
