package io.barnabas.net.raft;

import java.io.IOException;
import javax.net.ssl.SSLException;

/** What arrived is not what this protocol sends. The connection must end. */
final class GarbageException extends IOException {

    GarbageException(String message) {
        super(message);
    }

    GarbageException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Whether an exception tells of garbage, or of what TLS takes for it. */
    static boolean arrived(Throwable cause) {
        return cause instanceof GarbageException
                || cause instanceof SSLException
                || cause.getCause() instanceof SSLException;
    }
}
