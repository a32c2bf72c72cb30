package io.barnabas.log;

import java.io.IOException;

/** A replica lacks what it has vouched for: it must not go on with the rest but be repaired from its peers. */
final class LostDataException extends IOException {

    private static final long serialVersionUID = 1L;

    LostDataException(String message) {
        super(message);
    }
}
