package io.barnabas.cli.rules;

import java.util.Locale;

/** How a group does on a partition. */
public enum LagVerdict {
    /** It keeps up: it was at the end, or comes nearer to it. */
    OK,
    /** It commits, but falls behind further and further. */
    LAGGING,
    /** There is something to read, and it commits nothing. */
    STALLED,
    /** It was not watched for long enough to tell. */
    MEASURING,
    /** It has committed nothing on the partition yet. */
    NONE;

    /** Whether watching longer cannot change it. */
    public boolean isFinal() {
        return this != MEASURING;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
