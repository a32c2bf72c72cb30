package io.barnabas.net.kafka;

/**
 * What a handler's stage fails with when the protocol has no answer to give but the end of the connection, as after a
 * failed produce with acks=0, or when the client had better turn to another node.
 */
public final class DropConnectionException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public DropConnectionException(String message) {
        super(message);
    }
}
