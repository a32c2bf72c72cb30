package io.barnabas.cli;

import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.TimeoutException;

/** Says in one line why a command failed. */
final class Failures {

    private Failures() {}

    static String line(Throwable failure) {
        Throwable cause = cause(failure);
        if (cause instanceof CommandFailedException) {
            return cause.getMessage();
        }
        if (cause instanceof TimeoutException) {
            return "no answer in time: " + cause.getMessage()
                    + " Does the cluster run, and does --bootstrap-server name it?";
        }
        // These two say no more than the path.
        if (cause instanceof NoSuchFileException missing) {
            return "there is no file " + missing.getFile();
        }
        if (cause instanceof AccessDeniedException denied) {
            return "no permission for " + denied.getFile();
        }
        String message = cause.getMessage();
        return message == null || message.isBlank() ? cause.getClass().getSimpleName() : message.strip();
    }

    /** What really happened, beneath the wrappers of futures. */
    static Throwable cause(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof ExecutionException || cause instanceof CompletionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
