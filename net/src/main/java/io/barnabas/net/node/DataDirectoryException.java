package io.barnabas.net.node;

/** A data directory that cannot be used as asked; the message says what to do. */
public final class DataDirectoryException extends Exception {

    private static final long serialVersionUID = 1L;

    private final boolean misuse;

    DataDirectoryException(String message) {
        this(message, null, false);
    }

    DataDirectoryException(String message, Throwable cause) {
        this(message, cause, false);
    }

    private DataDirectoryException(String message, Throwable cause, boolean misuse) {
        super(message, cause);
        this.misuse = misuse;
    }

    /** A directory that is well, but not this node's to use. */
    static DataDirectoryException misuse(String message) {
        return new DataDirectoryException(message, null, true);
    }

    /** Whether the directory is well but not this node's to use, so that going on without it would hide a mistake. */
    boolean isMisuse() {
        return misuse;
    }
}
