package io.barnabas.chaos.cluster;

import io.barnabas.chaos.rules.plan.Link;
import io.barnabas.chaos.rules.plan.LinkCondition;
import io.barnabas.cli.FreePorts;
import java.util.List;
import java.util.Optional;

/** All nodes at 127.0.0.1, without links. */
final class Loopback implements Network {

    private static final int PORTS_PER_NODE = 3;
    // Below the ports that the system gives to outgoing connections.
    private static final int LOWEST = 23_000;
    private static final int HIGHEST = 32_000;

    private final String why;
    private final int firstPort;

    /** @param why there is nothing better, in words */
    Loopback(int nodes, String why) {
        this.why = why;
        int count = PORTS_PER_NODE * nodes;
        // Two runs that start together should not look at the same ports.
        int start = LOWEST + (int) (ProcessHandle.current().pid() * 30 % (HIGHEST - LOWEST - count));
        this.firstPort = FreePorts.run(start, count)
                .filter(first -> first < HIGHEST)
                .orElseThrow(() -> new IllegalStateException("found no " + count + " free ports above " + start));
    }

    @Override
    public boolean hasLinks() {
        return false;
    }

    @Override
    public String description() {
        return "all nodes on 127.0.0.1, so no faults of links (" + why + ")";
    }

    @Override
    public String host(int node) {
        return "127.0.0.1";
    }

    @Override
    public int port(int node, int which) {
        return firstPort + (node - 1) * PORTS_PER_NODE + which;
    }

    @Override
    public List<String> inside(int node, List<String> words) {
        return words;
    }

    @Override
    public void set(Link link, Optional<LinkCondition> condition) {
        throw new UnsupportedOperationException("there is no " + link + " on the loopback");
    }

    @Override
    public void close() {}
}
