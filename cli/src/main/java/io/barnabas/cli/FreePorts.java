package io.barnabas.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Optional;

/** Ports of the loopback address at which nobody listens at this moment. */
public final class FreePorts {

    private static final int MAX_PORT = 65_535;

    private FreePorts() {}

    /** The first of {@code count} successive ports that are all free, at or above {@code from}. */
    public static Optional<Integer> run(int from, int count) {
        for (int first = from; first + count <= MAX_PORT; first += count) {
            if (all(first, count)) {
                return Optional.of(first);
            }
        }
        return Optional.empty();
    }

    /** Whether {@code count} successive ports from {@code first} on are free. */
    static boolean all(int first, int count) {
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
}
