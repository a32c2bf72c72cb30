package io.barnabas.log.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.log.rules.SequenceCheck.Duplicate;
import io.barnabas.log.rules.SequenceCheck.Fenced;
import io.barnabas.log.rules.SequenceCheck.Next;
import io.barnabas.log.rules.SequenceCheck.OutOfOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ProducerLedgerTest {

    private final ProducerLedger ledger = new ProducerLedger();
    private long nextOffset = 100;

    @Test
    void aProducersLife() {
        assertNext(batch(1, 0, 0, 3));
        assertNext(batch(1, 0, 3, 2));
        assertThat(ledger.check(batch(1, 0, 0, 3))).isEqualTo(new Duplicate(100, 102));
        assertThat(ledger.check(batch(1, 0, 3, 2))).isEqualTo(new Duplicate(103, 104));
        assertThat(ledger.check(batch(1, 0, 3, 3))).isInstanceOf(OutOfOrder.class);
        assertThat(ledger.check(batch(1, 0, 6, 1))).isInstanceOf(OutOfOrder.class);
        assertThat(ledger.check(batch(1, 1, 5, 1))).isInstanceOf(OutOfOrder.class);
        assertNext(batch(1, 1, 0, 1));
        assertThat(ledger.check(batch(1, 0, 5, 1))).isInstanceOf(Fenced.class);
        assertThat(ledger.check(batch(1, 0, 0, 3))).isInstanceOf(Fenced.class);
        assertNext(batch(1, 1, 1, 4));
    }

    @Test
    void onlyTheLastFiveAreDuplicates() {
        for (int i = 0; i < 6; i++) {
            assertNext(batch(1, 0, i, 1));
        }
        assertThat(ledger.check(batch(1, 0, 0, 1))).isInstanceOf(OutOfOrder.class);
        for (int i = 1; i < 6; i++) {
            assertThat(ledger.check(batch(1, 0, i, 1))).isEqualTo(new Duplicate(100 + i, 100 + i));
        }
    }

    @Test
    void anUnknownProducerBeginsAtSequenceZero() {
        assertThat(ledger.check(batch(8, 4, 1_000, 2))).isInstanceOf(OutOfOrder.class);
        assertNext(batch(8, 4, 0, 2));
        assertNext(batch(8, 4, 2, 2));
        assertThat(ledger.check(batch(8, 4, 5, 2))).isInstanceOf(OutOfOrder.class);
    }

    @Test
    void theSequenceWraps() {
        ledger.record(batch(1, 0, Integer.MAX_VALUE - 1, 2));
        assertThat(ledger.check(batch(1, 0, 1, 1))).isInstanceOf(OutOfOrder.class);
        assertNext(batch(1, 0, 0, 1));
        assertNext(batch(1, 0, 1, 1));
        assertThat(ledger.check(batch(1, 0, Integer.MAX_VALUE - 1, 2))).isInstanceOf(Duplicate.class);
    }

    @Test
    void aBatchThatWrapsInsideIsFollowedByItsEnd() {
        ledger.record(batch(1, 0, Integer.MAX_VALUE, 3));
        assertNext(batch(1, 0, 2, 1));
    }

    @Test
    void othersAreNotRemembered() {
        BatchHeader plain = batch(-1, -1, -1, 5);
        assertNext(plain);
        assertNext(plain);
        assertThat(ledger.entries()).isEmpty();
    }

    @Test
    void copiesGoTheirOwnWays() {
        assertNext(batch(1, 0, 0, 1));
        ProducerLedger copy = ledger.copy();
        assertNext(batch(1, 0, 1, 1));
        assertThat(copy.check(batch(1, 0, 1, 1))).isInstanceOf(Next.class);
        copy.record(batch(2, 0, 0, 1));
        assertThat(ledger.check(batch(2, 0, 0, 1))).isInstanceOf(Next.class);
        assertThat(ledger.size()).isEqualTo(1);
        assertThat(copy.size()).isEqualTo(2);
    }

    @Test
    void idleProducersAreForgotten() {
        ledger.record(header(1, 0, 0, 1, 0, 1_000));
        ledger.record(header(2, 0, 0, 1, 1, 5_000));
        ProducerLedger copy = ledger.copy();
        ledger.expire(6_000, 5_000);
        assertThat(ledger.size()).isEqualTo(2);
        ledger.expire(6_001, 5_000);
        assertThat(ledger.entries()).extracting(ProducerEntry::producerId).containsExactly(2L);
        assertThat(copy.size()).isEqualTo(2);
    }

    @Test
    void aProducerOfOldRecordsIsNotIdle() {
        ledger.record(header(1, 0, 0, 1, 0, 1_000), 900_000);
        ledger.expire(900_500, 600);
        assertThat(ledger.size()).isEqualTo(1);
        ledger.expire(900_601, 600);
        assertThat(ledger.size()).isZero();
    }

    @Test
    void decidesAsTheWholeHistoryWould() throws Exception {
        Seeds.run("producer ledger", 200, ProducerLedgerTest::compareWithHistory);
    }

    private record Sent(long producerId, int epoch, long sequence, int count, long offset) {}

    private static void compareWithHistory(SplittableRandom random) {
        ProducerLedger ledger = new ProducerLedger();
        List<Sent> history = new ArrayList<>();
        long next = 0;
        for (int i = 0; i < 300; i++) {
            BatchHeader batch = draw(random, history, next);
            SequenceCheck expected = decide(history, batch);
            SequenceCheck decided = ledger.check(batch);
            assertThat(decided.getClass()).as("%s after %s", batch, history).isEqualTo(expected.getClass());
            if (expected instanceof Duplicate) {
                assertThat(decided).isEqualTo(expected);
            }
            if (decided instanceof Next) {
                ledger.record(batch);
                history.add(new Sent(
                        batch.producerId(), batch.producerEpoch(), batch.baseSequence(), batch.recordCount(), next));
                next += batch.recordCount();
            }
            if (random.nextInt(20) == 0) {
                ledger = random.nextBoolean() ? ledger.copy() : ProducerLedger.of(ledger.entries());
            }
        }
    }

    private static BatchHeader draw(SplittableRandom random, List<Sent> history, long offset) {
        long id = random.nextInt(3);
        Sent last = history.reversed().stream()
                .filter(sent -> sent.producerId() == id)
                .findFirst()
                .orElse(new Sent(id, 0, random.nextBoolean() ? 0 : Integer.MAX_VALUE - 6L, 0, -1));
        Sent old = history.isEmpty() ? last : history.get(random.nextInt(history.size()));
        long follows = (last.sequence() + last.count()) % (1L << 31);
        return switch (random.nextInt(8)) {
            case 0 -> header(id, old.epoch(), (int) old.sequence(), Math.max(1, old.count()), offset, 0);
            case 1 -> header(id, last.epoch() + 1, random.nextInt(2), 1 + random.nextInt(4), offset, 0);
            case 2 -> header(id, last.epoch(), (int) (follows + 1) & Integer.MAX_VALUE, 1, offset, 0);
            default -> header(id, last.epoch(), (int) follows, 1 + random.nextInt(4), offset, 0);
        };
    }

    private static SequenceCheck decide(List<Sent> history, BatchHeader batch) {
        List<Sent> own = history.stream()
                .filter(sent -> sent.producerId() == batch.producerId())
                .toList();
        if (own.isEmpty()) {
            return batch.baseSequence() == 0 ? new Next() : new OutOfOrder("");
        }
        int epoch = own.getLast().epoch();
        if (batch.producerEpoch() < epoch) {
            return new Fenced("");
        }
        if (batch.producerEpoch() > epoch) {
            return batch.baseSequence() == 0 ? new Next() : new OutOfOrder("");
        }
        List<Sent> same = own.stream().filter(sent -> sent.epoch() == epoch).toList();
        for (Sent sent : same.subList(Math.max(0, same.size() - 5), same.size())) {
            if (sent.sequence() == batch.baseSequence() && sent.count() == batch.recordCount()) {
                return new Duplicate(sent.offset(), sent.offset() + sent.count() - 1);
            }
        }
        long follows = (same.getLast().sequence() + same.getLast().count()) % (1L << 31);
        return follows == batch.baseSequence() ? new Next() : new OutOfOrder("");
    }

    private void assertNext(BatchHeader batch) {
        assertThat(ledger.check(batch)).isInstanceOf(Next.class);
        ledger.record(batch.placedAt(nextOffset, 1));
        nextOffset += batch.recordCount();
    }

    private static BatchHeader batch(long producerId, int epoch, int sequence, int count) {
        return header(producerId, epoch, sequence, count, 0, 0);
    }

    private static BatchHeader header(long producerId, int epoch, int sequence, int count, long offset, long time) {
        return new BatchHeader(
                offset,
                100,
                0,
                (byte) 2,
                0,
                (short) 0,
                count - 1,
                time,
                time,
                producerId,
                (short) epoch,
                sequence,
                count);
    }
}
