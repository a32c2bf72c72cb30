package io.barnabas.log.rules.rest;

/** For how long a Raft log has not grown, as far as somebody looked. */
public final class Idleness {

    private long term = -1;
    private long index = -1;
    private long sinceMs;

    /**
     * Someone looks.
     *
     * @param atTerm the Raft term
     * @param atIndex the last index of the log
     * @return milliseconds since both were first seen as they are
     */
    public long seen(long atTerm, long atIndex, long nowMs) {
        if (atTerm != term || atIndex != index) {
            term = atTerm;
            index = atIndex;
            sinceMs = nowMs;
        }
        return nowMs - sinceMs;
    }

    /** Begins anew. */
    public void reset() {
        term = -1;
    }
}
