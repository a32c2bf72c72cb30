package io.barnabas.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class FromTest {

    @Test
    void readsTheEndsOfTheLog() {
        assertThat(From.parse("beginning")).isEqualTo(new From.Beginning());
        assertThat(From.parse("end")).isEqualTo(new From.End());
    }

    @Test
    void readsOffsets() {
        assertThat(From.parse("0")).isEqualTo(new From.Offset(0));
        assertThat(From.parse("9223372036854775807")).isEqualTo(new From.Offset(Long.MAX_VALUE));
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-21, 2026-11-21T00:00:00Z",
        "2026-11-21T10:00, 2026-11-21T10:00:00Z",
        "2026-11-21T10:00:05, 2026-11-21T10:00:05Z",
        "2026-11-21T10:00:05.250, 2026-11-21T10:00:05.250Z",
        "2026-11-21T10:00Z, 2026-11-21T10:00:00Z",
        "2026-11-21T10:00+01:00, 2026-11-21T09:00:00Z",
        "@1000, 1970-01-01T00:00:01Z"
    })
    void readsTimes(String text, Instant expected) {
        assertThat(From.parse(text)).isEqualTo(new From.Time(expected.toEpochMilli()));
    }

    @ParameterizedTest
    @CsvSource({"-45s, PT45S", "-10m, PT10M", "-2h, PT2H", "-7d, PT168H"})
    void readsSpansBeforeNow(String text, Duration expected) {
        assertThat(From.parse(text)).isEqualTo(new From.Ago(expected));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "begin",
                "10m",
                "-10",
                "-10w",
                "--10m",
                "-5",
                "@",
                "@x",
                "2026-13-01",
                "2026-11-21T25:00",
                "2026-02-30",
                "99999999999999999999",
                "-99999999999999999999s",
                "-9223372036854775807d"
            })
    void refusesAllElseNamingTheForms(String text) {
        assertThatThrownBy(() -> From.parse(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("'" + text + "'")
                .hasMessageContaining("beginning, end, an offset");
    }
}
