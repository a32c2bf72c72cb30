package io.barnabas.cli.rules.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What nodes' processes use.
 *
 * @param cpuSeconds processor time since they began
 * @param residentMb memory that is in RAM, with the parts of mapped files that are
 * @param anonymousMb the part of it that is no file's
 * @param threads how many there are
 */
public record NodeUsage(double cpuSeconds, double residentMb, double anonymousMb, long threads) {

    public static final NodeUsage NONE = new NodeUsage(0, 0, 0, 0);

    private static final double BYTES_PER_KB = 1024;
    private static final double MEGA = 1e6;
    private static final double GIGA = 1e9;

    /** Of Linux' {@code /proc/PID/status} (man proc_pid_status). */
    public static NodeUsage of(double cpuSeconds, String status) {
        return new NodeUsage(
                cpuSeconds,
                number(status, "VmRSS") * BYTES_PER_KB / MEGA,
                number(status, "RssAnon") * BYTES_PER_KB / MEGA,
                number(status, "Threads"));
    }

    private static long number(String status, String key) {
        Matcher line = Pattern.compile("(?m)^" + key + ":\\s*(\\d+)").matcher(status);
        if (!line.find()) {
            throw new IllegalArgumentException("no " + key + " in " + status);
        }
        return Long.parseLong(line.group(1));
    }

    public NodeUsage plus(NodeUsage other) {
        return new NodeUsage(
                cpuSeconds + other.cpuSeconds,
                residentMb + other.residentMb,
                anonymousMb + other.anonymousMb,
                threads + other.threads);
    }

    /** Memory and threads as they are now, and the processor time since {@code before}. */
    public List<Figure> since(NodeUsage before) {
        return List.of(
                Figure.low("CPU of the nodes", "s", cpuSeconds - before.cpuSeconds),
                Figure.low("memory of the nodes", "MB", residentMb),
                Figure.low("memory of the nodes without files", "MB", anonymousMb),
                Figure.low("threads of the nodes", "", threads));
    }

    /** The same, and the processor time for so many bytes. */
    public List<Figure> since(NodeUsage before, long bytes) {
        List<Figure> figures = new ArrayList<>(since(before));
        figures.add(Figure.low("CPU of the nodes", "s/GB", (cpuSeconds - before.cpuSeconds) / (bytes / GIGA)));
        return figures;
    }
}
