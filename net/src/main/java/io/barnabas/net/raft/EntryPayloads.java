package io.barnabas.net.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.RaftGroupId;

/**
 * What of log entries travels beside Raft's own messages. Ratis counts, caches and copies whatever an entry holds, so a
 * group keeps the bulk of its entries elsewhere and leaves only a claim in them; the transport asks for the bulk when
 * it sends an entry and gives it back where the entry arrives.
 */
public interface EntryPayloads {

    /** Of groups whose entries hold all there is. */
    EntryPayloads NONE = new EntryPayloads() {
        @Override
        public int sizeOf(LogEntryProto entry) {
            return 0;
        }

        @Override
        public ByteBuffer read(RaftGroupId group, LogEntryProto entry) {
            return ByteBuffer.allocate(0);
        }

        @Override
        public void arrived(RaftGroupId group, LogEntryProto entry, ByteBuffer payload) {
            // An entry without a payload leaves nothing to keep.
        }

        @Override
        public void answered(RaftGroupId group, LogEntryProto entry) {
            // Nothing was kept.
        }
    };

    /** About how many bytes {@link #read} will return, 0 for an entry without a payload; asks no disk. */
    int sizeOf(LogEntryProto entry);

    /**
     * The payload of an entry that is about to be sent. It may come from the disk when the entry is an old one. The
     * bytes stay as they are for as long as the buffer is referred to.
     *
     * @throws IOException when it cannot be read; the entry is not sent then
     */
    ByteBuffer read(RaftGroupId group, LogEntryProto entry) throws IOException;

    /**
     * Keeps the payload of an entry that has arrived, before the entry itself is handed to Ratis.
     *
     * @param payload nobody else changes or reuses its bytes; empty when there is none, or none any more
     */
    void arrived(RaftGroupId group, LogEntryProto entry, ByteBuffer payload);

    /** Ratis has answered the request that held the entry: what it did not claim of the payload may go. */
    void answered(RaftGroupId group, LogEntryProto entry);
}
