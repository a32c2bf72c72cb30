package io.barnabas.cli.report;

/**
 * A stretch of the axis below in which something was so.
 *
 * @param from its beginning, as a value of the axis
 * @param to its end
 * @param label what was so, in a word or two
 * @param detail shown when the band is pointed at
 */
public record Band(double from, double to, String label, String detail) {}
