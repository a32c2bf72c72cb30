package io.barnabas.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barnabas.log.PartitionReplica.Acks;
import io.barnabas.log.rules.BatchCheck;
import io.barnabas.log.rules.BatchHeader;
import io.barnabas.log.rules.Batches;
import io.barnabas.log.rules.LogEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.StateMachineEntryProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.junit.jupiter.api.Test;

class BatchClaimsTest {

    private static final UUID GROUP = UUID.randomUUID();

    private final BatchClaims claims = BatchClaims.beside();
    private final PendingAppend pending = pending();

    @Test
    void anEntryOfAClaimTellsTheSizeOfItsBatchAndHoldsNothingOfIt() {
        LogEntryProto entry = entry(1, 7, claims.dataOf(pending));
        assertThat(claims.sizeOf(entry)).isEqualTo(pending.batch().remaining());
        assertThat(entry.getSerializedSize()).isLessThan(200);
    }

    @Test
    void whatTheLeaderTookIsSentFromMemoryAndOlderBatchesFromTheirLog() throws IOException {
        LogEntryProto entry = entry(1, 7, claims.dataOf(pending));
        claims.taken(GROUP, entry, pending.batch());
        assertThat(claims.read(GROUP, entry)).isSameAs(pending.batch());
        ByteBuffer old = ByteBuffer.allocate(3);
        claims.readFrom((group, baseOffset) -> {
            assertThat(group).isEqualTo(GROUP);
            assertThat(baseOffset).isEqualTo(pending.header().baseOffset());
            return old;
        });
        assertThat(claims.read(GROUP, entry(2, 7, claims.dataOf(pending))))
                .as("a batch of another term at the same index")
                .isSameAs(old);
    }

    @Test
    void aBatchWaitsUntilTheLastRequestThatBroughtItIsAnswered() {
        LogEntryProto entry = entry(1, 7, claims.dataOf(pending));
        claims.arrived(GROUP, entry, pending.batch());
        claims.arrived(GROUP, entry, pending.batch());
        claims.answered(GROUP, entry);
        assertThat(claims.claim(GROUP, entry)).isEqualTo(pending.batch());
        claims.answered(GROUP, entry);
        assertThatThrownBy(() -> claims.claim(GROUP, entry)).hasMessageContaining("came without its batch");
    }

    @Test
    void aGoneBatchArrivesAsNothing() {
        LogEntryProto entry = entry(1, 7, claims.dataOf(pending));
        claims.arrived(GROUP, entry, ByteBuffer.allocate(0));
        assertThat(claims.claim(GROUP, entry).hasRemaining()).isFalse();
    }

    @Test
    void withATransportOfWholeEntriesTheBatchIsInTheEntry() throws IOException {
        BatchClaims inline = BatchClaims.inline();
        LogEntryProto entry = entry(1, 7, inline.dataOf(pending));
        assertThat(inline.sizeOf(entry)).isZero();
        assertThat(inline.claim(GROUP, entry)).isEqualTo(pending.batch());
        inline.readFrom((group, baseOffset) -> ByteBuffer.allocate(0));
        LogEntryProto gone = entry(1, 7, inline.dataOf(GROUP, entry));
        assertThat(inline.claim(GROUP, gone).hasRemaining()).isFalse();
    }

    @Test
    void theOldestLeaveMemoryWhenTheBytesAreUsedUp() throws IOException {
        BatchClaims small = BatchClaims.inline(2L * pending.batch().remaining());
        small.readFrom((group, baseOffset) -> ByteBuffer.allocate(0));
        for (int index = 0; index < 3; index++) {
            small.taken(GROUP, entry(1, index, small.dataOf(pending)), pending.batch());
        }
        assertThat(small.claim(GROUP, entry(1, 0, small.dataOf(GROUP, entry(1, 0, ByteString.EMPTY))))
                        .hasRemaining())
                .isFalse();
        assertThat(small.dataOf(GROUP, entry(1, 2, ByteString.EMPTY)).size())
                .isEqualTo(pending.batch().remaining());
    }

    private static PendingAppend pending() {
        ByteBuffer batch = Batches.at(CompressionType.NONE, 100, 1, 2, 3);
        return new PendingAppend(
                new BatchCheck.Valid(BatchHeader.parse(batch, batch.position()), batch, BatchCheck.NO_TIME),
                Acks.MAJORITY);
    }

    private LogEntryProto entry(long term, long index, ByteString data) {
        return LogEntryProto.newBuilder()
                .setTerm(term)
                .setIndex(index)
                .setStateMachineLogEntry(StateMachineLogEntryProto.newBuilder()
                        .setLogData(UnsafeByteOperations.unsafeWrap(
                                LogEntry.Append.of(pending.header()).encode()))
                        .setStateMachineEntry(
                                StateMachineEntryProto.newBuilder().setStateMachineData(data)))
                .build();
    }
}
