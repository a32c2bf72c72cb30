/**
 * Raft between nodes: Ratis' messages over Netty. One connection carries entries and one heartbeats and votes, for all
 * groups of a Raft server together.
 */
package io.barnabas.net.raft;
