/**
 * Raft between nodes: Ratis' messages over Netty, as Ratis' pluggable RPC ({@link io.barnabas.net.raft.NettyRpcType}).
 *
 * <p>A Raft server keeps two connections to each other node, for all groups together: {@code CONTROL} for heartbeats,
 * votes and read indexes, on a thread of its own, and {@code DATA} for entries and snapshots. Clients of groups have a
 * third kind. Who connects asks, who accepts answers. A connection begins with {@link io.barnabas.net.raft.Hello}.
 *
 * <pre>
 *   leader                                                  follower
 *   EventLogAppender -- APPEND --------> data loop -------> GroupInbox -> Ratis
 *        ^  ^----------- APPEND_REPLIES <------------------ ReplyQueue <---+
 *   HeartbeatWheel ---- HEARTBEATS -----> control loop ---> Ratis
 *   election ---------- CALL / ANSWER --> CallReceiver ---> Ratis, on a thread per call
 * </pre>
 *
 * <p>A frame is a length (4 bytes, of what follows), a type (1) and a body ({@link io.barnabas.net.raft.FrameType}). The
 * group of a message is in Ratis' own protobuf. Payloads of entries ({@link io.barnabas.net.raft.EntryPayloads}) lie
 * behind the protobuf in the same frame.
 *
 * <p>Tests that want to lose, delay, repeat or reorder frames pass a {@code RaftTransport.ConnectionHook}: it is called
 * for each connection at both ends once it is greeted, and may put an outbound handler in front of the pipeline, which
 * then sees every frame that leaves as one {@code ByteBuf}.
 */
package io.barnabas.net.raft;
