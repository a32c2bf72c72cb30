package io.barnabas.cli;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Where a tail begins. */
sealed interface From {

    /** The first record kept. */
    record Beginning() implements From {}

    /** The next record that comes. */
    record End() implements From {}

    /** One offset, the same in every partition. */
    record Offset(long offset) implements From {}

    /** The first record at or after a time. */
    record Time(long epochMs) implements From {}

    /** So long before now. */
    record Ago(Duration duration) implements From {}

    String FORMS = "beginning, end, an offset, a time like 2026-11-21T10:00 (UTC) or 2026-11-21T10:00+01:00 or"
            + " @EPOCH_MS, or -10m (s, m, h, d)";

    Pattern AGO = Pattern.compile("-(\\d+)([smhd])");

    static From parse(String text) {
        if (text.equals("beginning")) {
            return new Beginning();
        }
        if (text.equals("end")) {
            return new End();
        }
        Matcher ago = AGO.matcher(text);
        try {
            if (ago.matches()) {
                return new Ago(
                        duration(Long.parseLong(ago.group(1)), ago.group(2).charAt(0)));
            }
            if (text.matches("\\d+")) {
                return new Offset(Long.parseLong(text));
            }
            if (text.matches("@\\d+")) {
                return new Time(Long.parseLong(text.substring(1)));
            }
            return new Time(time(text).toEpochMilli());
        } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
            throw new TypeConversionException("'" + text + "' is none of: " + FORMS);
        }
    }

    private static Duration duration(long amount, char unit) {
        return switch (unit) {
            case 's' -> Duration.ofSeconds(amount);
            case 'm' -> Duration.ofMinutes(amount);
            case 'h' -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }

    private static Instant time(String text) {
        if (text.length() == "2026-11-21".length()) {
            return LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC);
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            return LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
        }
    }

    /** Reads it from a command line. */
    final class Converter implements ITypeConverter<From> {
        @Override
        public From convert(String text) {
            return parse(text);
        }
    }
}
