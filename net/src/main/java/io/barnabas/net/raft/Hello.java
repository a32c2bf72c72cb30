package io.barnabas.net.raft;

import io.barnabas.net.raft.RaftTransportConfig.ServerKind;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * How a node that connects introduces itself. Magic and version come first in every version.
 *
 * @param version of the protocol
 * @param clusterId the cluster of who connects
 * @param from node id of who connects
 * @param to node id of whom it takes the other end for
 * @param server which Raft server it wants
 * @param kind what the connection is for
 */
record Hello(short version, String clusterId, String from, String to, ServerKind server, ChannelKind kind) {

    /** Of this program. */
    static final short VERSION = 1;

    /** Nothing that is not a hello is read whole. */
    static final int MAX_BYTES = 1_024;

    private static final int MAGIC = 0xBA27ABA5;

    void writeTo(ByteBuf out) {
        out.writeInt(MAGIC);
        out.writeShort(version);
        for (String text : new String[] {clusterId, from, to}) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            out.writeInt(utf8.length);
            out.writeBytes(utf8);
        }
        out.writeByte(server.ordinal());
        out.writeByte(kind.ordinal());
    }

    static Hello read(Frame frame) throws GarbageException {
        if (frame.type() != FrameType.HELLO || frame.number4() != MAGIC) {
            throw new GarbageException("no hello of a Barnabas node");
        }
        short version = (short) (frame.number1() << 8 | frame.number1() & 0xFF);
        if (version != VERSION) {
            return new Hello(version, "", "?", "?", ServerKind.METADATA, ChannelKind.CONTROL);
        }
        return new Hello(
                version,
                Frame.text(frame.part()),
                Frame.text(frame.part()),
                Frame.text(frame.part()),
                constant(ServerKind.values(), frame.number1()),
                constant(ChannelKind.values(), frame.number1()));
    }

    private static <T> T constant(T[] all, byte ordinal) throws GarbageException {
        if (ordinal < 0 || ordinal >= all.length) {
            throw new GarbageException("a hello with " + ordinal + " where " + all.length + " values are known");
        }
        return all[ordinal];
    }

    /** Why the node with this configuration cannot talk to who says this; empty when it can. */
    Optional<String> refusal(RaftTransportConfig config) {
        if (version != VERSION) {
            return Optional.of("it speaks version " + version + " of the Raft transport, this node " + VERSION
                    + "; run the same version of Barnabas on both");
        }
        if (!clusterId.equals(config.clusterId())) {
            return Optional.of("it belongs to cluster " + clusterId + ", this node to " + config.clusterId()
                    + "; correct the addresses in its configuration");
        }
        if (server != config.kind()) {
            return Optional.of("it looks for the Raft server of " + server + ", here is that of " + config.kind()
                    + "; correct the ports in its configuration");
        }
        if (!to.equals(config.nodeId())) {
            return Optional.of("it looks for node " + to + ", here is node " + config.nodeId()
                    + "; correct the addresses in its configuration");
        }
        return Optional.empty();
    }
}
