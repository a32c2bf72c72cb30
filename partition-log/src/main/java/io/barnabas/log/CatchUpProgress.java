package io.barnabas.log;

/**
 * How far a bulk copy has come.
 *
 * @param fromOffset where it began
 * @param offset offsets below are copied
 * @param targetOffset where it ends; Raft goes on from there
 * @param bytes bytes copied so far
 */
public record CatchUpProgress(long fromOffset, long offset, long targetOffset, long bytes) {}
