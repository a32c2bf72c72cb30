package io.barnabas.net.raft;

import java.io.IOException;

/** What arrived is not what this protocol sends. The connection must end. */
final class GarbageException extends IOException {

    GarbageException(String message) {
        super(message);
    }

    GarbageException(String message, Throwable cause) {
        super(message, cause);
    }
}
