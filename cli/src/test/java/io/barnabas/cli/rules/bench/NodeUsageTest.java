package io.barnabas.cli.rules.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class NodeUsageTest {

    private static final String STATUS = """
            Name:\tjava
            VmHWM:\t  900000 kB
            VmRSS:\t  500000 kB
            RssAnon:\t  400000 kB
            RssFile:\t  100000 kB
            Threads:\t71
            """;

    @Test
    void theStatusOfAProcessIsRead() {
        assertThat(NodeUsage.of(1.5, STATUS)).isEqualTo(new NodeUsage(1.5, 512, 409.6, 71));
    }

    @Test
    void aStatusWithoutMemoryIsNotTakenForNothing() {
        assertThatThrownBy(() -> NodeUsage.of(1, "Name:\tjava\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("VmRSS");
    }

    @Test
    void processorTimeIsToldByTheGigabyte() {
        NodeUsage before = new NodeUsage(10, 100, 90, 50);
        NodeUsage after = new NodeUsage(14, 200, 180, 60).plus(new NodeUsage(2, 1, 1, 1));

        assertThat(after.since(before, 500_000_000))
                .extracting(Figure::value)
                .containsExactly(6.0, 201.0, 181.0, 61.0, 12.0);
        assertThat(after.since(before, 500_000_000).getLast().unit()).isEqualTo("s/GB");
    }
}
