package io.barnabas.net.node;

import io.barnabas.log.BatchClaims;
import io.barnabas.net.raft.EntryPayloads;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.RaftGroupId;

/** Lets the batches of partitions travel beside their Raft entries. */
record BatchPayloads(BatchClaims claims) implements EntryPayloads {

    @Override
    public int sizeOf(LogEntryProto entry) {
        return claims.sizeOf(entry);
    }

    @Override
    public ByteBuffer read(RaftGroupId group, LogEntryProto entry) throws IOException {
        return claims.read(group.getUuid(), entry);
    }

    @Override
    public void arrived(RaftGroupId group, LogEntryProto entry, ByteBuffer payload) {
        claims.arrived(group.getUuid(), entry, payload);
    }

    @Override
    public void answered(RaftGroupId group, LogEntryProto entry) {
        claims.answered(group.getUuid(), entry);
    }
}
