package io.barnabas.log.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.log.rules.BatchCheck.Invalid;
import io.barnabas.log.rules.BatchCheck.Reason;
import io.barnabas.log.rules.BatchCheck.Valid;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.apache.kafka.common.record.internal.CompressionType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BatchRulesTest {

    private static final int MAX = 1 << 20;
    private static final ByteBuffer GOOD = Batches.at(CompressionType.NONE, 20, 1_000, 1_001, 1_002);

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void everyCodecPasses(CompressionType codec) {
        ByteBuffer batch = Batches.at(codec, 100, 5, 6);
        assertThat(BatchRules.check(batch, MAX)).isEqualTo(new Valid(BatchHeader.parse(batch, 0), batch, -1));
        assertThat(BatchRules.check(batch.asReadOnlyBuffer(), MAX)).isInstanceOf(Valid.class);
    }

    @Test
    void aBatchInTheMiddleOfABufferPasses() {
        ByteBuffer wide = ByteBuffer.allocateDirect(GOOD.remaining() + 20)
                .position(7)
                .put(GOOD.duplicate())
                .flip()
                .position(7);
        assertThat(BatchRules.check(wide, MAX)).isInstanceOf(Valid.class);
        assertThat(wide.position()).isEqualTo(7);
    }

    @Test
    void everyFlippedBitUnderTheCrcIsFound() {
        int free = 0;
        for (int bit = 0; bit < GOOD.remaining() * 8; bit++) {
            ByteBuffer flipped = copyOf(GOOD);
            flipped.put(bit / 8, (byte) (flipped.get(bit / 8) ^ 1 << bit % 8));
            boolean servers = bit / 8 < 8 || (bit / 8 >= 12 && bit / 8 < 16);
            free += servers ? 1 : 0;
            assertThat(BatchRules.check(flipped, MAX))
                    .as("bit %d of byte %d", bit % 8, bit / 8)
                    .isInstanceOf(servers ? Valid.class : Invalid.class);
        }
        assertThat(free).isEqualTo(12 * 8);
    }

    @Test
    void everyCutIsFound() {
        for (int size = 0; size < GOOD.remaining(); size++) {
            assertReason(GOOD.slice(0, size), Reason.CORRUPT);
        }
    }

    @Test
    void bytesAfterTheBatchAreRefused() {
        ByteBuffer two = ByteBuffer.allocate(2 * GOOD.remaining())
                .put(GOOD.duplicate())
                .put(GOOD.duplicate())
                .flip();
        assertReason(two, Reason.INVALID);
    }

    @Test
    void hugeAndNegativeLengthsAreRefused() {
        for (int length : new int[] {Integer.MAX_VALUE, Integer.MIN_VALUE, -1, 0, -13, 48}) {
            assertReason(Batches.changed(GOOD, b -> b.putInt(8, length)), Reason.CORRUPT);
        }
    }

    @Test
    void theLimitIsTheLargestTaken() {
        assertThat(BatchRules.check(GOOD, GOOD.remaining())).isInstanceOf(Valid.class);
        BatchCheck over = BatchRules.check(GOOD, GOOD.remaining() - 1);
        assertThat(over)
                .isInstanceOfSatisfying(
                        Invalid.class, invalid -> assertThat(invalid.reason()).isEqualTo(Reason.TOO_LARGE));
    }

    @Test
    void otherFormatsAreRefused() {
        for (int magic : new int[] {0, 1, 3, -1}) {
            assertReason(Batches.changed(GOOD, b -> b.put(16, (byte) magic)), Reason.UNSUPPORTED_MAGIC);
        }
        assertReason(ByteBuffer.allocate(30), Reason.UNSUPPORTED_MAGIC);
    }

    @Test
    void whatOnlyServersWriteIsRefused() {
        assertReason(attributes(0x20), Reason.INVALID);
        assertReason(attributes(0x08), Reason.INVALID);
        assertReason(attributes(0x40), Reason.INVALID);
        assertReason(attributes(0x10), Reason.TRANSACTIONAL);
    }

    @Test
    void unknownCodecsAreRefused() {
        for (int codec = 5; codec <= 7; codec++) {
            assertReason(attributes(codec), Reason.INVALID);
        }
    }

    @Test
    void countsMustFit() {
        assertReason(counts(0, -1), Reason.INVALID);
        assertReason(counts(-3, -4), Reason.INVALID);
        assertReason(counts(3, 3), Reason.INVALID);
        assertReason(counts(2, 2), Reason.INVALID);
        assertReason(counts(Integer.MAX_VALUE, Integer.MAX_VALUE - 1), Reason.INVALID);
        assertReason(counts(14, 13), Reason.INVALID);
    }

    @Test
    void producersMustBeSane() {
        assertThat(BatchRules.check(producer(5, 0, 0), MAX)).isInstanceOf(Valid.class);
        assertReason(producer(-2, -1, -1), Reason.INVALID);
        assertReason(producer(5, -1, 0), Reason.INVALID);
        assertReason(producer(5, 0, -1), Reason.INVALID);
    }

    private static ByteBuffer attributes(int attributes) {
        return Batches.changed(GOOD, b -> b.putShort(21, (short) attributes));
    }

    private static ByteBuffer counts(int count, int lastDelta) {
        return Batches.changed(GOOD, b -> b.putInt(57, count).putInt(23, lastDelta));
    }

    private static ByteBuffer producer(long id, int epoch, int sequence) {
        Consumer<ByteBuffer> change =
                b -> b.putLong(43, id).putShort(51, (short) epoch).putInt(53, sequence);
        return Batches.changed(GOOD, change);
    }

    private static ByteBuffer copyOf(ByteBuffer batch) {
        return ByteBuffer.allocate(batch.remaining()).put(batch.duplicate()).flip();
    }

    private static void assertReason(ByteBuffer batch, Reason reason) {
        assertThat(BatchRules.check(batch, MAX)).isInstanceOfSatisfying(Invalid.class, invalid -> {
            assertThat(invalid.reason()).as(invalid.message()).isEqualTo(reason);
            assertThat(invalid.message()).isNotBlank();
        });
    }
}
