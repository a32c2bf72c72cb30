package io.barnabas.cli;

import java.time.DateTimeException;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Lengths of time on the command line: {@code 30s}, {@code 5m}, {@code 2h}, {@code 7d}, or ISO-8601 as {@code PT1H30M}. */
public final class Durations {

    private Durations() {}

    static Duration parse(String text) {
        try {
            Duration duration = From.AGO.matcher("-" + text).matches()
                    ? ((From.Ago) From.parse("-" + text)).duration()
                    : Duration.parse(text);
            if (!duration.isNegative()) {
                return duration;
            }
        } catch (DateTimeException | ArithmeticException | TypeConversionException e) {
            // Said below.
        }
        throw new TypeConversionException("'" + text + "' is no length of time such as 30s, 5m, 2h, 7d or PT1H30M");
    }

    /** Reads it from a command line. */
    public static final class Converter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            return parse(text);
        }
    }
}
