package io.barnabas.net.raft;

/** Calls that are answered one by one. The order is the wire's: new ones come last. */
enum CallMethod {
    REQUEST_VOTE,
    START_LEADER_ELECTION,
    READ_INDEX,
    INSTALL_SNAPSHOT,
    CLIENT_REQUEST,
    SET_CONFIGURATION,
    TRANSFER_LEADERSHIP,
    GROUP_MANAGEMENT,
    GROUP_LIST,
    GROUP_INFO,
    SNAPSHOT_MANAGEMENT,
    LEADER_ELECTION_MANAGEMENT;

    private static final CallMethod[] ALL = values();

    static CallMethod of(byte code) throws GarbageException {
        if (code < 0 || code >= ALL.length) {
            throw new GarbageException("call of unknown kind " + code);
        }
        return ALL[code];
    }
}
