package io.barnabas.cli.rules.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkloadTest {

    private static Workload parse(String text) {
        return Workload.parse(text, Map.of());
    }

    @Test
    void aKindComesWithItsDefaults() {
        Workload produce = parse("produce");

        assertThat(produce.kind()).isEqualTo(Workload.Kind.PRODUCE);
        assertThat(produce.integer("size")).isEqualTo(1_000);
        assertThat(produce.number("rate")).isEqualTo(-1);
        assertThat(produce.text("acks")).isEqualTo("all");
    }

    @Test
    void shortNamesStandForParameters() {
        assertThat(parse("produce-small").integer("size")).isEqualTo(100);
        assertThat(parse("end-to-end-1000").number("rate")).isEqualTo(1_000);
        assertThat(parse("end-to-end").number("rate")).isEqualTo(300);
    }

    @Test
    void whatTheTextNamesGoesBeforeWhatIsChangedForAll() {
        Map<String, String> changed = Map.of("records", "10", "kills", "2");

        assertThat(Workload.parse("produce:size=7:records=99", changed).parameters())
                .containsEntry("size", "7")
                .containsEntry("records", "99")
                .doesNotContainKey("kills");
        assertThat(Workload.parse("scan", changed).integer("records")).isEqualTo(10);
        assertThat(Workload.parse("failover", changed).integer("kills")).isEqualTo(2);
    }

    @Test
    void produceIsMultipliedAndOthersAreNot() {
        assertThat(Workload.parseAll(
                        List.of("produce", "produce-small", "produce:partitions=2", "scan"),
                        List.of(1, 6),
                        List.of(100, 1_000),
                        Map.of()))
                .extracting(Workload::name)
                .containsExactly(
                        "produce:partitions=1:size=100",
                        "produce:partitions=1:size=1000",
                        "produce:partitions=6:size=100",
                        "produce:partitions=6:size=1000",
                        "produce-small:partitions=1",
                        "produce-small:partitions=6",
                        "produce:partitions=2:size=100",
                        "produce:partitions=2:size=1000",
                        "scan");
    }

    @ParameterizedTest
    @ValueSource(strings = {"fly", "produce:size", "produce:colour=1", "produce:size=big", "start:size=1"})
    void whatIsNoWorkloadIsSaid(String text) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'");
    }
}
