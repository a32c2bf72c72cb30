package io.barnabas.net.node;

/** A node that cannot start, or cannot go on; the message says why and what to do. */
public final class NodeStartException extends Exception {

    private static final long serialVersionUID = 1L;

    NodeStartException(String message) {
        super(message);
    }

    NodeStartException(String message, Throwable cause) {
        super(message, cause);
    }
}
