package io.barnabas.net.raft;

/** What a connection carries. */
enum ChannelKind {
    /** Heartbeats, votes, read indexes: small, and never behind anything large. */
    CONTROL,
    /** Entries and snapshots. */
    DATA,
    /** Requests of clients of Raft groups, which are nodes too. */
    CLIENT
}
