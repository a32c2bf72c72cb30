package io.barnabas.net.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.util.TimeDuration;

/**
 * Entries of one append request.
 *
 * @param payloads of the entries, empty buffers for those without one; none at all when no entry has one
 * @param bytes of the entries and their payloads
 */
record EntryBatch(List<LogEntryProto> entries, List<ByteBuffer> payloads, int bytes) {

    private static final ByteBuffer NO_PAYLOAD = ByteBuffer.allocate(0);
    private static final TimeDuration READ_TIMEOUT = TimeDuration.valueOf(10, TimeUnit.SECONDS);

    /**
     * Reads as many as one request may hold, at least one.
     *
     * @param first index of the first
     * @param most how many at most
     */
    static EntryBatch gather(RaftLog log, RaftGroupId group, RaftTransportConfig config, long first, int most)
            throws IOException, TimeoutException {
        long end = Math.min(log.getNextIndex(), first + Math.max(1, most));
        EntryPayloads source = config.payloads();
        List<LogEntryProto> entries = new ArrayList<>();
        List<ByteBuffer> payloads = new ArrayList<>();
        boolean anyPayload = false;
        int bytes = 0;
        for (long index = first; index < end; index++) {
            RaftLog.EntryWithData withData = log.getEntryWithData(index);
            LogEntryProto entry = withData.getEntry(READ_TIMEOUT);
            int payloadSize = source.sizeOf(entry);
            int size = withData.getSerializedSize() + payloadSize;
            if (!entries.isEmpty() && bytes + size > config.window().requestBytes()) {
                break;
            }
            anyPayload |= payloadSize != 0;
            entries.add(entry);
            payloads.add(payloadSize == 0 ? NO_PAYLOAD : source.read(group, entry));
            bytes += size;
        }
        return new EntryBatch(entries, anyPayload ? payloads : List.of(), bytes);
    }
}
