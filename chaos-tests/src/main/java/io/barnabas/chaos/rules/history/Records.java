package io.barnabas.chaos.rules.history;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;

/** The records of one read, in the order in which they came: 24 bytes each. */
@JsonAutoDetect(
        fieldVisibility = JsonAutoDetect.Visibility.NONE,
        getterVisibility = JsonAutoDetect.Visibility.NONE,
        isGetterVisibility = JsonAutoDetect.Visibility.NONE)
public final class Records {

    /** No record. */
    public static final Records NONE = new Records(new long[0], new long[0], new long[0]);

    @JsonProperty("o")
    private final long[] offsets;

    @JsonProperty("v")
    private final long[] values;

    @JsonProperty("ts")
    private final long[] timestamps;

    /**
     * Takes the arrays as they are; they are not to be changed afterwards.
     *
     * @param values fingerprints as in {@link Call.Send#value}
     * @param timestamps of the records, in milliseconds
     */
    @JsonCreator
    public Records(
            @JsonProperty("o") long[] offsets,
            @JsonProperty("v") long[] values,
            @JsonProperty("ts") long[] timestamps) {
        if (offsets.length != values.length || offsets.length != timestamps.length) {
            throw new IllegalArgumentException(offsets.length + " offsets, " + values.length + " values and "
                    + timestamps.length + " timestamps are not as many records");
        }
        this.offsets = offsets;
        this.values = values;
        this.timestamps = timestamps;
    }

    public int size() {
        return offsets.length;
    }

    public long offset(int i) {
        return offsets[i];
    }

    public long value(int i) {
        return values[i];
    }

    public long timestamp(int i) {
        return timestamps[i];
    }

    /** The records from one index up to another, without the latter. */
    public Records slice(int from, int to) {
        return new Records(
                Arrays.copyOfRange(offsets, from, to),
                Arrays.copyOfRange(values, from, to),
                Arrays.copyOfRange(timestamps, from, to));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Records that
                && Arrays.equals(offsets, that.offsets)
                && Arrays.equals(values, that.values)
                && Arrays.equals(timestamps, that.timestamps);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Arrays.hashCode(offsets) + Arrays.hashCode(values)) + Arrays.hashCode(timestamps);
    }

    /** One record as {@code offset:value}, many as the first, the last and their number. */
    @Override
    public String toString() {
        return switch (size()) {
            case 0 -> "[]";
            case 1 -> "[" + offsets[0] + ":" + values[0] + "]";
            default ->
                "[" + offsets[0] + ":" + values[0] + " .. " + offsets[size() - 1] + ":" + values[size() - 1] + ", "
                        + size() + " records]";
        };
    }
}
