package io.barnabas.net.node;

import java.util.Optional;

/**
 * A host and a port as they stand in settings: {@code host:port}, an IPv6 address in brackets.
 *
 * @param host name or address, without brackets
 * @param port 0 to 65535
 */
public record HostPort(String host, int port) {

    private static final int MAX_PORT = 65_535;

    /** Reads {@code host:port}; empty when the text is none. */
    public static Optional<HostPort> parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon <= 0) {
            return Optional.empty();
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            return Optional.empty();
        }
        String port = text.substring(colon + 1);
        if (host.isBlank() || !host.equals(host.strip()) || !port.matches("\\d{1,5}")) {
            return Optional.empty();
        }
        int number = Integer.parseInt(port);
        return number > MAX_PORT ? Optional.empty() : Optional.of(new HostPort(host, number));
    }

    /** Whether the host stands for every interface, so that no other machine can connect to it by this name. */
    public boolean isWildcard() {
        return host.equals("0.0.0.0") || host.equals("::");
    }

    /** The same port on another host. */
    public HostPort withHost(String other) {
        return new HostPort(other, port);
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
