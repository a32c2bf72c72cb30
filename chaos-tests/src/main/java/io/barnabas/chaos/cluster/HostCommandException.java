package io.barnabas.chaos.cluster;

/** A command of the host failed; the message has its words, its exit code and what it said. */
public final class HostCommandException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public HostCommandException(String message) {
        super(message);
    }

    public HostCommandException(String message, Throwable cause) {
        super(message, cause);
    }
}
