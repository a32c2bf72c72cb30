package io.barnabas.net.node;

/** A data directory that cannot be used as asked; the message says what to do. */
public final class DataDirectoryException extends Exception {

    private static final long serialVersionUID = 1L;

    DataDirectoryException(String message) {
        super(message);
    }

    DataDirectoryException(String message, Throwable cause) {
        super(message, cause);
    }
}
