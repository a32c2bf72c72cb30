package io.barnabas.chaos.cluster;

import io.barnabas.chaos.rules.plan.Link;
import io.barnabas.chaos.rules.plan.LinkCondition;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
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
        this.firstPort = freeRun(PORTS_PER_NODE * nodes);
    }

    private static int freeRun(int count) {
        // Two runs that start together should not look at the same ports.
        int start = LOWEST + (int) (ProcessHandle.current().pid() * 30 % (HIGHEST - LOWEST - count));
        for (int first = start; first < HIGHEST; first += count) {
            if (allFree(first, count)) {
                return first;
            }
        }
        throw new IllegalStateException("found no " + count + " free ports from " + start + " to " + HIGHEST);
    }

    private static boolean allFree(int first, int count) {
        for (int port = first; port < first + count; port++) {
            try (ServerSocket socket = new ServerSocket()) {
                socket.setReuseAddress(true);
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            } catch (IOException e) {
                return false;
            }
        }
        return true;
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
