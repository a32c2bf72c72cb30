package io.barnabas.metadata.rules;

/**
 * Where a node listens.
 *
 * @param listener the listener's name in the node's {@code listeners}, for example {@code PLAINTEXT}
 * @param host the advertised host name or address
 * @param port the advertised port
 */
public record Endpoint(String listener, String host, int port) {}
