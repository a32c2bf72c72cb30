package io.barnabas.net.kafka.handler;

import io.barnabas.metadata.rules.Endpoint;
import io.barnabas.metadata.rules.NodeInfo;

/** Where a client that came in by one listener reaches a node. */
final class NodeEndpoints {

    private NodeEndpoints() {}

    /** The node's endpoint of that listener, or its first when it has none of that name. */
    static Endpoint of(NodeInfo node, String listener) {
        return node.listeners().stream()
                .filter(endpoint -> endpoint.listener().equals(listener))
                .findFirst()
                .orElseGet(() -> node.listeners().getFirst());
    }
}
