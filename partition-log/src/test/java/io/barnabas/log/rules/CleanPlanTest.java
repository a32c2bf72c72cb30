package io.barnabas.log.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.log.LogConfig.Compaction;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class CleanPlanTest {

    private static final long NOW = 100_000;
    private static final long ALL = Long.MAX_VALUE;

    /** Four closed segments of 100 bytes and 10 offsets, of which each is 10 s younger than the one before. */
    private static final List<SegmentFacts> SEGMENTS = List.of(
            segment(0, 60_000), segment(10, 70_000), segment(20, 80_000), segment(30, 90_000), segment(40, NOW));

    private static SegmentFacts segment(long base, long time) {
        return new SegmentFacts(base, base + 10, 100, time, time);
    }

    private static Compaction config(long minLag, long maxLag, double ratio) {
        return new Compaction(true, 1_000, minLag, maxLag, ratio);
    }

    @Test
    void neverReachesTheSegmentThatIsWrittenTo() {
        CleanPlan plan = CleanPlan.of(SEGMENTS, 0, ALL, NOW, config(0, ALL, 0.5));
        assertThat(plan).isEqualTo(new CleanPlan(0, 40, 0, 400, true));
    }

    @Test
    void isDueAboveTheDirtyRatio() {
        assertThat(CleanPlan.of(SEGMENTS, 20, ALL, NOW, config(0, ALL, 0.5)))
                .isEqualTo(new CleanPlan(20, 40, 200, 200, false));
        assertThat(CleanPlan.of(SEGMENTS, 10, ALL, NOW, config(0, ALL, 0.5)))
                .isEqualTo(new CleanPlan(10, 40, 100, 300, true));
        assertThat(CleanPlan.of(SEGMENTS, 40, ALL, NOW, config(0, ALL, 0)).due())
                .isFalse();
    }

    @Test
    void aSegmentCleanedInPartIsDirty() {
        assertThat(CleanPlan.of(SEGMENTS, 15, ALL, NOW, config(0, ALL, 0.5)))
                .isEqualTo(new CleanPlan(15, 40, 100, 300, true));
    }

    @Test
    void stopsAtWhatIsNotFinalAndWhatIsYoung() {
        assertThat(CleanPlan.of(SEGMENTS, 0, 25, NOW, config(0, ALL, 0.5)).toOffset())
                .isEqualTo(20);
        assertThat(CleanPlan.of(SEGMENTS, 0, ALL, NOW, config(25_000, ALL, 0.5)).toOffset())
                .isEqualTo(20);
        assertThat(CleanPlan.of(SEGMENTS, 0, 5, NOW, config(0, ALL, 0))).isEqualTo(new CleanPlan(0, 0, 0, 0, false));
    }

    @Test
    void isDueWhenARecordHasWaitedTooLong() {
        assertThat(CleanPlan.of(SEGMENTS, 30, ALL, NOW, config(0, 10_000, 0.5)).due())
                .isTrue();
        assertThat(CleanPlan.of(SEGMENTS, 30, ALL, NOW, config(0, 10_001, 0.5)).due())
                .isFalse();
    }

    @Test
    void doesNothingWhenCompactionIsOff() {
        assertThat(CleanPlan.of(SEGMENTS, 0, ALL, NOW, new Compaction(false, 1, 0, 1, 0))
                        .due())
                .isFalse();
    }

    @Test
    void beginsAtTheLogStartAfterATrim() {
        assertThat(CleanPlan.of(SEGMENTS.subList(2, 5), 3, ALL, NOW, config(0, ALL, 0.5)))
                .isEqualTo(new CleanPlan(20, 40, 0, 200, true));
    }

    @Test
    void neighboursThatFitAreJoined() {
        assertThat(CleanPlan.groups(SEGMENTS, 40, 200)).containsExactly(SEGMENTS.subList(0, 2), SEGMENTS.subList(2, 4));
        assertThat(CleanPlan.groups(SEGMENTS, 25, 250)).containsExactly(SEGMENTS.subList(0, 2), SEGMENTS.subList(2, 3));
        assertThat(CleanPlan.groups(SEGMENTS, ALL, 50)).hasSize(4);
        List<SegmentFacts> far = List.of(
                new SegmentFacts(0, 10, 1, 0, 0),
                new SegmentFacts(10, 1L + Integer.MAX_VALUE, 1, 0, 0),
                new SegmentFacts(1L + Integer.MAX_VALUE, 1L << 40, 1, 0, 0));
        assertThat(CleanPlan.groups(far, ALL, 1_000)).hasSize(2);
    }

    @Test
    void tombstonesStayUntilTheirHorizon() {
        assertThat(TombstoneRules.keeps(5, 6, false, OptionalLong.empty(), NOW)).isFalse();
        assertThat(TombstoneRules.keeps(6, 6, false, OptionalLong.of(0), NOW)).isTrue();
        assertThat(TombstoneRules.keeps(6, -1, true, OptionalLong.empty(), NOW)).isTrue();
        assertThat(TombstoneRules.keeps(6, -1, true, OptionalLong.of(NOW + 1), NOW))
                .isTrue();
        assertThat(TombstoneRules.keeps(6, -1, true, OptionalLong.of(NOW), NOW)).isFalse();
    }
}
