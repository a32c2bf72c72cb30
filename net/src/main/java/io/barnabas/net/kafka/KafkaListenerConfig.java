package io.barnabas.net.kafka;

import java.time.Duration;

/**
 * How a listener treats its clients.
 *
 * @param name the listener's name in {@code listeners}
 * @param host the address to bind
 * @param port the port to bind, 0 for any free one
 * @param maxRequestBytes {@code socket.request.max.bytes}; a longer frame closes its connection
 * @param maxConnections {@code max.connections}; further ones are closed at once
 * @param idleTimeout {@code connections.max.idle.ms}
 */
public record KafkaListenerConfig(
        String name, String host, int port, int maxRequestBytes, int maxConnections, Duration idleTimeout) {}
