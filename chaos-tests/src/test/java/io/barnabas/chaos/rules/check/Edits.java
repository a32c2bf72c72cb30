package io.barnabas.chaos.rules.check;

import io.barnabas.chaos.rules.history.Records;
import java.util.Arrays;
import java.util.function.LongUnaryOperator;
import java.util.stream.IntStream;

/** Records of a poll, changed. */
final class Edits {

    private Edits() {}

    @FunctionalInterface
    interface Column {
        long of(Records records, int index);
    }

    static long[] column(Records records, Column column) {
        return IntStream.range(0, records.size())
                .mapToLong(i -> column.of(records, i))
                .toArray();
    }

    static Records withValues(Records records, LongUnaryOperator change) {
        long[] values = column(records, Records::value);
        for (int i = 0; i < values.length; i++) {
            values[i] = change.applyAsLong(values[i]);
        }
        return new Records(column(records, Records::offset), values, column(records, Records::timestamp));
    }

    static Records without(Records records, int index) {
        int[] kept = IntStream.range(0, records.size()).filter(i -> i != index).toArray();
        return new Records(
                IntStream.of(kept).mapToLong(records::offset).toArray(),
                IntStream.of(kept).mapToLong(records::value).toArray(),
                IntStream.of(kept).mapToLong(records::timestamp).toArray());
    }

    static Records with(Records records, long offset, long value) {
        return new Records(
                plus(column(records, Records::offset), offset),
                plus(column(records, Records::value), value),
                plus(column(records, Records::timestamp), offset));
    }

    private static long[] plus(long[] numbers, long last) {
        long[] longer = Arrays.copyOf(numbers, numbers.length + 1);
        longer[numbers.length] = last;
        return longer;
    }
}
