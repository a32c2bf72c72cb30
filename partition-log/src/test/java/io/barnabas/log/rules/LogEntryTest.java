package io.barnabas.log.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;

class LogEntryTest {

    private static final LogEntry.Append APPEND = new LogEntry.Append(
            0x0102030405060708L,
            1000,
            5,
            0xCAFEBABE,
            (short) 4,
            1_600_000_000_000L,
            1_700_000_000_000L,
            42,
            (short) 7,
            99);

    /** Version 1 as it was first written. Raft logs on disks hold these bytes: they never change. */
    private static final String GOLDEN = "01010004000003e80102030405060708"
            + "00000005cafebabe00000174876e80000000018bcfe56800"
            + "000000000000002a000000630007";

    @Test
    void aTrimIsReadBackAndHasItsLayout() {
        LogEntry.Trim trim = new LogEntry.Trim(0x0102030405060708L);
        assertThat(HexFormat.of().formatHex(trim.encode())).isEqualTo("01020102030405060708");
        assertThat(LogEntry.decode(ByteBuffer.wrap(trim.encode()))).isEqualTo(trim);
    }

    @Test
    void theLayoutIsFixed() {
        assertThat(HexFormat.of().formatHex(APPEND.encode())).isEqualTo(GOLDEN);
        assertThat(LogEntry.decode(ByteBuffer.wrap(HexFormat.of().parseHex(GOLDEN))))
                .isEqualTo(APPEND);
    }

    @Test
    void anOffsetIsPatchedInPlace() {
        byte[] encoded = APPEND.encode();
        LogEntry.patchBaseOffset(encoded, 77);
        LogEntry.Append patched = (LogEntry.Append) LogEntry.decode(ByteBuffer.wrap(encoded));
        assertThat(patched.baseOffset()).isEqualTo(77);
        assertThat(patched.nextOffset()).isEqualTo(82);
        LogEntry.patchBaseOffset(encoded, APPEND.baseOffset());
        assertThat(encoded).isEqualTo(APPEND.encode());
    }

    @Test
    void givesTheBatchesHeaderBack() {
        ByteBuffer batch = Batches.of(
                CompressionType.ZSTD,
                6,
                (short) 1,
                12,
                new SimpleRecord(50, new byte[20]),
                new SimpleRecord(40, new byte[20]));
        BatchHeader header = BatchHeader.parse(batch, 0).placedAt(300, 5);
        byte[] encoded = LogEntry.Append.of(header).encode();
        LogEntry.Append decoded = (LogEntry.Append) LogEntry.decode(ByteBuffer.wrap(encoded));
        assertThat(decoded.header(5)).isEqualTo(header);
    }

    @Test
    void readsFromTheMiddleOfABuffer() {
        byte[] encoded = APPEND.encode();
        ByteBuffer wide = ByteBuffer.allocate(encoded.length + 9).position(4).put(encoded);
        wide.flip().position(4);
        assertThat(LogEntry.decode(wide)).isEqualTo(APPEND);
        assertThat(wide.position()).isEqualTo(4);
    }

    @Test
    void otherBytesAreRefused() {
        byte[] encoded = APPEND.encode();
        for (int size = 0; size < encoded.length; size++) {
            assertRefused(Arrays.copyOf(encoded, size));
        }
        assertRefused(Arrays.copyOf(encoded, encoded.length + 1));
        assertRefused(with(encoded, 0, 0));
        assertRefused(with(encoded, 0, 2));
        assertRefused(with(encoded, 1, 0));
        assertRefused(with(encoded, 1, 2));
        assertRefused(with(encoded, 4, 0x80));
        assertRefused(with(encoded, 8, 0x80));
        assertRefused(with(encoded, 16, 0x80));
        assertThatThrownBy(() -> LogEntry.patchBaseOffset(new byte[LogEntry.Append.SIZE], 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static byte[] with(byte[] encoded, int at, int value) {
        byte[] changed = encoded.clone();
        changed[at] = (byte) value;
        return changed;
    }

    private static void assertRefused(byte[] encoded) {
        assertThatThrownBy(() -> LogEntry.decode(ByteBuffer.wrap(encoded)))
                .as(HexFormat.of().formatHex(encoded))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(" ");
    }
}
