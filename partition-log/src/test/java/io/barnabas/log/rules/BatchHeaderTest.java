package io.barnabas.log.rules;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BatchHeaderTest {

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void readsWhatTheJavaClientWrote(CompressionType codec) {
        ByteBuffer batch = Batches.of(
                codec,
                77L,
                (short) 3,
                41,
                new SimpleRecord(1_000, "a".getBytes(UTF_8), "first".getBytes(UTF_8)),
                new SimpleRecord(3_000, "b".getBytes(UTF_8), "second".getBytes(UTF_8)),
                new SimpleRecord(2_000, null, new byte[500]));
        BatchHeader.writeBaseOffset(batch, 0, 123_456_789_012L);
        BatchHeader.writePartitionLeaderEpoch(batch, 0, 9);
        ByteBuffer shifted = ByteBuffer.allocate(batch.remaining() + 5).put(5, batch, 0, batch.remaining());

        BatchHeader header = BatchHeader.parse(shifted, 5);

        RecordBatch theirs =
                MemoryRecords.readableRecords(batch).batches().iterator().next();
        theirs.ensureValid();
        assertThat(header.baseOffset()).isEqualTo(theirs.baseOffset()).isEqualTo(123_456_789_012L);
        assertThat(header.lastOffset()).isEqualTo(theirs.lastOffset());
        assertThat(header.nextOffset()).isEqualTo(theirs.nextOffset());
        assertThat(header.sizeInBytes()).isEqualTo(theirs.sizeInBytes()).isEqualTo(batch.remaining());
        assertThat(header.partitionLeaderEpoch())
                .isEqualTo(theirs.partitionLeaderEpoch())
                .isEqualTo(9);
        assertThat(header.magic()).isEqualTo(theirs.magic());
        assertThat(Integer.toUnsignedLong(header.crc())).isEqualTo(theirs.checksum());
        assertThat(header.compressionId()).isEqualTo(codec.id);
        assertThat(header.isCompressed()).isEqualTo(theirs.isCompressed());
        assertThat(header.baseTimestamp()).isEqualTo(1_000);
        assertThat(header.maxTimestamp()).isEqualTo(theirs.maxTimestamp()).isEqualTo(3_000);
        assertThat(header.producerId()).isEqualTo(theirs.producerId());
        assertThat(header.producerEpoch()).isEqualTo(theirs.producerEpoch());
        assertThat(header.baseSequence()).isEqualTo(theirs.baseSequence());
        assertThat(header.lastSequence()).isEqualTo(theirs.lastSequence()).isEqualTo(43);
        assertThat(header.recordCount()).isEqualTo(theirs.countOrNull());
        assertThat(header.isIdempotent()).isTrue();
        assertThat(header.isTransactional()).isFalse();
        assertThat(header.isControl()).isFalse();
    }

    @Test
    void prefixIsWhatTheServerAdds() {
        ByteBuffer batch = Batches.at(CompressionType.NONE, 10, 1, 2);
        ByteBuffer bytes = ByteBuffer.allocate(batch.remaining()).put(batch.duplicate());
        BatchHeader placed = BatchHeader.parse(batch, 0).placedAt(500, 7);

        placed.writePrefix(bytes, 0);

        assertThat(BatchHeader.parse(bytes, 0)).isEqualTo(placed);
        assertThat(placed.lastOffset()).isEqualTo(501);
        assertThat(BatchRules.crcOf(bytes, 0, bytes.capacity())).isEqualTo(placed.crc());
    }

    @Test
    void sequencesGoOnAtZeroAfterTheLargest() {
        ByteBuffer batch = Batches.of(
                CompressionType.NONE,
                1,
                (short) 0,
                Integer.MAX_VALUE - 1,
                new SimpleRecord(1, new byte[1]),
                new SimpleRecord(1, new byte[1]),
                new SimpleRecord(1, new byte[1]));
        assertThat(BatchHeader.parse(batch, 0).lastSequence()).isZero();
    }

    @Test
    void fewerBytesThanAHeaderAreRefused() {
        assertThatThrownBy(() -> BatchHeader.parse(ByteBuffer.allocate(BatchHeader.SIZE - 1), 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }
}
