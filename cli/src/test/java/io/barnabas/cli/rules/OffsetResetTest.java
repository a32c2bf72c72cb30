package io.barnabas.cli.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.cli.rules.OffsetReset.Bounds;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OffsetResetTest {

    /** Committed 50 in a partition of 10 to 100. */
    private static final Bounds COMMITTED = new Bounds(50, 10, 100, -1);

    private static final Bounds NEW = new Bounds(-1, 10, 100, -1);

    private record Case(OffsetReset reset, Bounds bounds, long expected) {}

    static List<Case> cases() {
        return List.of(
                new Case(new OffsetReset.ToEarliest(), COMMITTED, 10),
                new Case(new OffsetReset.ToLatest(), COMMITTED, 100),
                new Case(new OffsetReset.ToOffset(77), COMMITTED, 77),
                new Case(new OffsetReset.ToOffset(9), COMMITTED, 10),
                new Case(new OffsetReset.ToOffset(101), COMMITTED, 100),
                new Case(new OffsetReset.ShiftBy(5), COMMITTED, 55),
                new Case(new OffsetReset.ShiftBy(-5), COMMITTED, 45),
                new Case(new OffsetReset.ShiftBy(-500), COMMITTED, 10),
                new Case(new OffsetReset.ShiftBy(Long.MAX_VALUE), COMMITTED, 100),
                new Case(new OffsetReset.ShiftBy(Long.MIN_VALUE), COMMITTED, 10),
                new Case(new OffsetReset.ShiftBy(5), NEW, 15),
                new Case(new OffsetReset.ToTime(123), new Bounds(50, 10, 100, 42), 42),
                new Case(new OffsetReset.ToTime(123), COMMITTED, 100),
                new Case(new OffsetReset.ToOffset(3), new Bounds(-1, 0, 0, -1), 0));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aPositionStaysWithinThePartition(Case example) {
        assertThat(example.reset().target(example.bounds())).isEqualTo(example.expected());
    }
}
