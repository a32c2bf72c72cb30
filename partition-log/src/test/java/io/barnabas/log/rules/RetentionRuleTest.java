package io.barnabas.log.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RetentionRuleTest {

    private static final List<SegmentFacts> THREE = List.of(
            new SegmentFacts(0, 10, 1000, 100, 0),
            new SegmentFacts(10, 20, 1000, 200, 0),
            new SegmentFacts(20, 30, 500, 300, 0));

    @Test
    void segmentsGoWhenTheirNewestRecordIsTooOld() {
        RetentionRule rule = new RetentionRule(50, -1);
        assertThat(rule.startAfter(THREE, 0, 30, 150)).isZero();
        assertThat(rule.startAfter(THREE, 0, 30, 151)).isEqualTo(10);
        assertThat(rule.startAfter(THREE, 0, 30, 251)).isEqualTo(20);
        assertThat(rule.startAfter(THREE, 0, 30, 351)).as("the newest one too").isEqualTo(30);
    }

    @Test
    void anOldSegmentBehindAYoungOneStays() {
        List<SegmentFacts> outOfOrder =
                List.of(new SegmentFacts(0, 10, 1000, 500, 0), new SegmentFacts(10, 20, 1000, 1, 0));
        assertThat(new RetentionRule(50, -1).startAfter(outOfOrder, 0, 20, 200)).isZero();
    }

    @Test
    void recordsWithoutTimestampsAgeFromTheFirstAppend() {
        List<SegmentFacts> untimed =
                List.of(new SegmentFacts(0, 10, 1000, -1, 100), new SegmentFacts(10, 20, 1, -1, 300));
        assertThat(new RetentionRule(50, -1).startAfter(untimed, 0, 20, 200)).isEqualTo(10);
    }

    @Test
    void nothingAboveTheHighWatermarkGoes() {
        assertThat(new RetentionRule(50, -1).startAfter(THREE, 0, 25, 1000)).isEqualTo(20);
        assertThat(new RetentionRule(-1, 0).startAfter(THREE, 0, 15, 0)).isEqualTo(10);
    }

    @Test
    void segmentsGoAsLongAsTheRestIsLargeEnough() {
        assertThat(new RetentionRule(-1, 1501).startAfter(THREE, 0, 30, 0)).isZero();
        assertThat(new RetentionRule(-1, 1500).startAfter(THREE, 0, 30, 0)).isEqualTo(10);
        assertThat(new RetentionRule(-1, 0).startAfter(THREE, 0, 30, 0))
                .as("the newest stays")
                .isEqualTo(20);
    }

    @Test
    void withoutLimitsNothingGoes() {
        assertThat(new RetentionRule(-1, -1).startAfter(THREE, 7, 30, Long.MAX_VALUE))
                .isEqualTo(7);
    }

    @Test
    void theStartNeverFallsAndLandsOnASegmentsEnd() throws Exception {
        Seeds.run("retention of random logs", 2_000, RetentionRuleTest::checkRandomLog);
    }

    private static void checkRandomLog(SplittableRandom random) {
        List<SegmentFacts> log = new ArrayList<>();
        long next = random.nextLong(100);
        int count = random.nextInt(1, 8);
        for (int i = 0; i < count; i++) {
            long end = next + random.nextInt(1, 50);
            log.add(new SegmentFacts(
                    next, end, random.nextInt(1, 1000), random.nextLong(-1, 500), random.nextLong(500)));
            next = end;
        }
        long start = random.nextLong(log.getFirst().baseOffset(), next + 1);
        long highWatermark = random.nextLong(start, next + 1);
        RetentionRule rule = new RetentionRule(random.nextLong(-1, 500), random.nextLong(-1, 3000));
        long after = rule.startAfter(log, start, highWatermark, 600);
        assertThat(after).isBetween(start, Math.max(start, highWatermark));
        if (after > start) {
            assertThat(log).anyMatch(segment -> segment.nextOffset() == after);
        }
    }
}
