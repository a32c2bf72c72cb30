package io.barnabas.net.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.protocol.TermIndex;

/**
 * One node's payloads of entries, as if on its disk: they outlive its Raft server. What a line's payload must be follows
 * from the line, so that a wrong, torn or missing one shows.
 */
final class LedgerPayloads implements EntryPayloads {

    private final String node;
    private final Violations violations;
    private final Map<Key, byte[]> stored = new ConcurrentHashMap<>();
    private final Map<Key, Arrived> arrived = new ConcurrentHashMap<>();

    LedgerPayloads(String node, Violations violations) {
        this.node = node;
        this.violations = violations;
    }

    private record Key(RaftGroupId group, TermIndex at) {}

    /** @param requests that brought it and are not answered */
    private record Arrived(byte[] payload, int requests) {}

    /** A line that says how large its payload is. */
    static String line(String name, int payloadBytes) {
        return name + "/" + payloadBytes;
    }

    static String lineOf(LogEntryProto entry) {
        return entry.getStateMachineLogEntry().getLogData().toStringUtf8();
    }

    static int payloadBytes(String line) {
        return Integer.parseInt(line.substring(line.lastIndexOf('/') + 1));
    }

    private static byte[] payloadOf(String line) {
        byte[] payload = new byte[payloadBytes(line)];
        new SplittableRandom(line.hashCode()).nextBytes(payload);
        return payload;
    }

    private static Key key(RaftGroupId group, LogEntryProto entry) {
        return new Key(group, TermIndex.valueOf(entry));
    }

    @Override
    public int sizeOf(LogEntryProto entry) {
        return entry.hasStateMachineLogEntry() ? payloadBytes(lineOf(entry)) : 0;
    }

    @Override
    public ByteBuffer read(RaftGroupId group, LogEntryProto entry) throws IOException {
        byte[] payload = stored.get(key(group, entry));
        if (payload == null) {
            violations.add("node " + node + " sends " + lineOf(entry) + " and has not written its payload");
            throw new IOException("no payload of " + TermIndex.valueOf(entry));
        }
        return ByteBuffer.wrap(payload);
    }

    @Override
    public void arrived(RaftGroupId group, LogEntryProto entry, ByteBuffer payload) {
        byte[] bytes = new byte[payload.remaining()];
        payload.get(payload.position(), bytes);
        byte[] expected = entry.hasStateMachineLogEntry() ? payloadOf(lineOf(entry)) : new byte[0];
        if (!Arrays.equals(bytes, expected)) {
            violations.add("node " + node + " got another payload than that of " + TermIndex.valueOf(entry) + ": "
                    + bytes.length + " bytes where " + expected.length + " were sent");
        }
        arrived.merge(
                key(group, entry),
                new Arrived(bytes, 1),
                (earlier, now) -> new Arrived(now.payload, earlier.requests + 1));
    }

    @Override
    public void answered(RaftGroupId group, LogEntryProto entry) {
        arrived.computeIfPresent(
                key(group, entry),
                (key, held) -> held.requests == 1 ? null : new Arrived(held.payload, held.requests - 1));
    }

    /** The leader's log takes an entry. */
    void writeOwn(RaftGroupId group, LogEntryProto entry) {
        stored.put(key(group, entry), payloadOf(lineOf(entry)));
    }

    /** A follower's log takes an entry: its payload must have come with it. */
    void writeArrived(RaftGroupId group, LogEntryProto entry) throws IOException {
        Arrived claimed = arrived.get(key(group, entry));
        if (claimed == null) {
            violations.add("node " + node + ": " + lineOf(entry) + " came without its payload");
            throw new IOException("no payload of " + TermIndex.valueOf(entry));
        }
        stored.put(key(group, entry), claimed.payload);
    }

    /** How many payloads wait for an answer. */
    int waiting() {
        return arrived.size();
    }

    void wipe() {
        stored.clear();
    }
}
