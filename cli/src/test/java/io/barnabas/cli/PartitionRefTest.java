package io.barnabas.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class PartitionRefTest {

    @Test
    void readsATopic() {
        assertThat(PartitionRef.parse("orders.v1")).isEqualTo(new PartitionRef("orders.v1", OptionalInt.empty()));
    }

    @Test
    void readsAPartition() {
        assertThat(PartitionRef.parse("orders:12")).isEqualTo(new PartitionRef("orders", OptionalInt.of(12)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":", ":1", "orders:", "orders:-1", "orders:x", "orders:99999999999"})
    void refusesAllElse(String text) {
        assertThatThrownBy(() -> PartitionRef.parse(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("TOPIC:PARTITION");
    }
}
