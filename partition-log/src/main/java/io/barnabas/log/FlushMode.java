package io.barnabas.log;

/** What an acknowledged record has survived ({@code log.flush}). */
public enum FlushMode {
    /** A majority has it on disk (fsync). */
    SYNC,
    /** A majority has it in the page cache: it survives crashed processes, not a power failure of a majority. */
    ASYNC
}
