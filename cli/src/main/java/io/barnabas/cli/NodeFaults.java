package io.barnabas.cli;

/** Ends nodes and brings them back. */
interface NodeFaults {

    /** Ends a node at once, as {@code kill -9} does. */
    void kill(int node);

    /** Starts a node that was killed; does not wait until it serves. */
    void restart(int node);
}
