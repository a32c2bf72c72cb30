package io.barnabas.metadata;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

/** Looks whether anybody listens at an address. */
final class PortProbe {

    private static final int TIMEOUT_MS = (int) Duration.ofMillis(500).toMillis();

    private PortProbe() {}

    /**
     * Whether the machine is there and says that no process listens at that port. No answer, from a machine that is
     * down or busy, proves nothing.
     *
     * @param address host:port
     */
    static boolean isRefused(String address) {
        int colon = address.lastIndexOf(':');
        String host = address.substring(0, colon).replaceAll("^\\[|]$", "");
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, Integer.parseInt(address.substring(colon + 1))), TIMEOUT_MS);
            return false;
        } catch (ConnectException e) {
            return String.valueOf(e.getMessage()).contains("refused");
        } catch (IOException | IllegalArgumentException e) {
            return false;
        }
    }
}
