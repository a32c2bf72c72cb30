package io.barnabas.log;

import io.barnabas.log.rules.LogEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/**
 * Where batches wait while their Raft entries pass through Ratis with only a claim in their place. Ratis counts, caches
 * and copies all that an entry holds, for each group; with a claim of one byte its buffers stay small whatever
 * {@code max.message.bytes} is.
 *
 * <p>On the leader the newest batches wait in memory, bounded in bytes for the whole node; older ones are read from
 * their segments. On a follower a batch waits from its arrival until the request that brought it is answered. A batch
 * is found by its entry's term and index, never by its offset: after a lost leadership another term's batch may stand
 * at the same offset.
 *
 * <p>A transport that knows nothing of claims carries batches inside of the entries, see {@link #inline()}.
 */
public final class BatchClaims {

    private static final long RECENT_BYTES = 4L << 20;

    /** Stands for a batch that was committed and is no more; neither it nor a claim can be mistaken for a batch. */
    private static final ByteString GONE = ByteString.copyFrom(new byte[] {0});

    private static final ByteString CLAIM = ByteString.copyFrom(new byte[] {1});
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final boolean beside;
    private final long maxRecentBytes;
    private final Map<Key, ByteBuffer> recent = new LinkedHashMap<>();
    private long recentBytes;
    private final Map<Key, Arrived> arrived = new ConcurrentHashMap<>();
    private volatile Source source;

    /** Reads a batch from its log; an empty buffer when it was committed and is no more, trimmed or compacted away. */
    @FunctionalInterface
    interface Source {
        ByteBuffer read(UUID groupId, long baseOffset) throws IOException;
    }

    private record Key(UUID groupId, long term, long index) {
        static Key of(UUID groupId, LogEntryProto entry) {
            return new Key(groupId, entry.getTerm(), entry.getIndex());
        }
    }

    /**
     * A batch that has come from the leader.
     *
     * @param requests how many requests that brought it are not answered yet
     */
    private record Arrived(ByteBuffer batch, int requests) {}

    private BatchClaims(boolean beside, long maxRecentBytes) {
        this.beside = beside;
        this.maxRecentBytes = maxRecentBytes;
    }

    /** For a transport that carries batches beside the entries and uses this class for it. */
    public static BatchClaims beside() {
        return new BatchClaims(true, RECENT_BYTES);
    }

    /** For a transport that knows only whole entries. */
    public static BatchClaims inline() {
        return inline(RECENT_BYTES);
    }

    static BatchClaims inline(long maxRecentBytes) {
        return new BatchClaims(false, maxRecentBytes);
    }

    /** About how many bytes {@link #read} returns; 0 for an entry that stands for no batch. */
    public int sizeOf(LogEntryProto entry) {
        return isClaim(entry) ? LogEntry.Append.sizeInBytes(logData(entry)) : 0;
    }

    /**
     * The batch of an entry that the leader is about to send, from memory or from its segment; an empty buffer when it
     * was committed and is no more.
     */
    public ByteBuffer read(UUID groupId, LogEntryProto entry) throws IOException {
        if (!isClaim(entry)) {
            return NOTHING;
        }
        ByteBuffer memory = recent(Key.of(groupId, entry));
        return memory != null ? memory : fromLog(groupId, entry);
    }

    private ByteBuffer fromLog(UUID groupId, LogEntryProto entry) throws IOException {
        Source log = source;
        if (log == null) {
            throw new IOException("the partitions are not open");
        }
        return log.read(groupId, LogEntry.Append.baseOffset(logData(entry)));
    }

    private static ByteBuffer logData(LogEntryProto entry) {
        return entry.getStateMachineLogEntry().getLogData().asReadOnlyByteBuffer();
    }

    /** Keeps the batch of an entry that has come from the leader, until the request is {@link #answered}. */
    public void arrived(UUID groupId, LogEntryProto entry, ByteBuffer batch) {
        if (isClaim(entry)) {
            arrived.merge(
                    Key.of(groupId, entry),
                    new Arrived(batch, 1),
                    (earlier, now) -> new Arrived(now.batch(), earlier.requests() + 1));
        }
    }

    /** Lets go of a batch whose request Ratis has dealt with. */
    public void answered(UUID groupId, LogEntryProto entry) {
        if (isClaim(entry)) {
            arrived.computeIfPresent(
                    Key.of(groupId, entry),
                    (key, held) -> held.requests() == 1 ? null : new Arrived(held.batch(), held.requests() - 1));
        }
    }

    private static boolean isClaim(LogEntryProto entry) {
        return entry.hasStateMachineLogEntry() && CLAIM.equals(stateMachineData(entry));
    }

    private static ByteString stateMachineData(LogEntryProto entry) {
        return entry.getStateMachineLogEntry().getStateMachineEntry().getStateMachineData();
    }

    /** From now on batches that are not in memory are read there. */
    void readFrom(Source log) {
        source = log;
    }

    /** What a leader puts into the entry of that batch. */
    ByteString dataOf(PendingAppend pending) {
        return beside ? CLAIM : pending.getContent();
    }

    /** What Ratis is told when it asks a leader for the data of an entry that it is about to send. */
    ByteString dataOf(UUID groupId, LogEntryProto entry) throws IOException {
        if (beside) {
            return CLAIM;
        }
        ByteBuffer memory = recent(Key.of(groupId, entry));
        ByteBuffer batch = memory != null ? memory : fromLog(groupId, entry);
        return batch.hasRemaining() ? UnsafeByteOperations.unsafeWrap(batch) : GONE;
    }

    /** The leader has taken the batch of this entry into its log. */
    void taken(UUID groupId, LogEntryProto entry, ByteBuffer batch) {
        synchronized (recent) {
            ByteBuffer previous = recent.put(Key.of(groupId, entry), batch);
            recentBytes += batch.remaining() - (previous == null ? 0 : previous.remaining());
            Iterator<ByteBuffer> eldest = recent.values().iterator();
            while (recentBytes > maxRecentBytes && eldest.hasNext()) {
                recentBytes -= eldest.next().remaining();
                eldest.remove();
            }
        }
    }

    private ByteBuffer recent(Key key) {
        synchronized (recent) {
            return recent.get(key);
        }
    }

    /**
     * The batch of an entry that a follower is given; an empty buffer stands for one that is no more.
     *
     * @throws IllegalStateException when an entry comes without its batch
     */
    ByteBuffer claim(UUID groupId, LogEntryProto entry) {
        ByteString data = stateMachineData(entry);
        if (data.equals(GONE)) {
            return NOTHING;
        }
        if (!data.equals(CLAIM)) {
            return data.asReadOnlyByteBuffer();
        }
        Arrived held = arrived.get(Key.of(groupId, entry));
        if (held == null) {
            throw new IllegalStateException(
                    "entry " + entry.getIndex() + " of term " + entry.getTerm() + " came without its batch");
        }
        return held.batch();
    }
}
