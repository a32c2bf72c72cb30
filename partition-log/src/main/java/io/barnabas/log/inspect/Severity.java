package io.barnabas.log.inspect;

/** How much a finding matters. */
public enum Severity {
    /** Nothing is wrong: the next start puts it right, or it is left over. */
    NOTE,
    /** The files are as they were written, but what was written is odd: say, a producer sent it so. */
    WARNING,
    /** Data or what leads to them is lost or changed. */
    DAMAGE
}
