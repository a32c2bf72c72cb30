package io.barnabas.cli.rules;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;

/**
 * What was seen of a group on one partition over the last while, and what that means. The idea is Burrow's: a lag by
 * itself says little, for a busy group is always a bit behind; what counts is whether commits go on and whether the lag
 * at the commits grows.
 */
public final class LagWindow {

    /** Commits are seen to move this often before a growing lag means something. */
    private static final int MOVES_TO_JUDGE = 2;

    /**
     * One look at a partition.
     *
     * @param committed the group's position, empty if it has none
     * @param end the partition's end offset
     */
    public record Sample(long timeMs, OptionalLong committed, long end) {

        /** How many records are still to be read; 0 without a position. */
        public long lag() {
            return committed.isEmpty() ? 0 : Math.max(end - committed.getAsLong(), 0);
        }
    }

    private final long windowMs;
    private final Deque<Sample> samples = new ArrayDeque<>();

    /** A window that covers the last {@code windowMs}. */
    public LagWindow(long windowMs) {
        this.windowMs = windowMs;
    }

    /** Adds the newest look; those too old to matter go. A first position, or one that went back, begins anew. */
    public void add(Sample sample) {
        if (!samples.isEmpty() && beginsAnew(samples.getLast(), sample)) {
            samples.clear();
        }
        samples.add(sample);
        while (samples.size() > 2 && second().timeMs() <= sample.timeMs() - windowMs) {
            samples.removeFirst();
        }
    }

    private static boolean beginsAnew(Sample before, Sample now) {
        if (before.committed().isEmpty() || now.committed().isEmpty()) {
            return before.committed().isPresent() || now.committed().isPresent();
        }
        return now.committed().getAsLong() < before.committed().getAsLong();
    }

    private Sample second() {
        return samples.stream().skip(1).findFirst().orElseThrow();
    }

    /** What the samples mean, as of the newest. */
    public LagVerdict verdict() {
        if (samples.isEmpty()) {
            return LagVerdict.MEASURING;
        } else if (samples.getLast().committed().isEmpty()) {
            return LagVerdict.NONE;
        } else if (samples.stream().anyMatch(sample -> sample.lag() == 0)) {
            return LagVerdict.OK;
        } else if (samples.getLast().timeMs() - samples.getFirst().timeMs() < windowMs) {
            return LagVerdict.MEASURING;
        }
        List<Sample> commits = commits();
        if (commits.size() == 1) {
            return LagVerdict.STALLED;
        }
        return commits.size() > MOVES_TO_JUDGE && fallsBehind(commits) ? LagVerdict.LAGGING : LagVerdict.OK;
    }

    /** The first sample of every position: between commits the lag grows, and that is as it should be. */
    private List<Sample> commits() {
        List<Sample> commits = new ArrayList<>();
        for (Sample sample : samples) {
            if (commits.isEmpty() || !commits.getLast().committed().equals(sample.committed())) {
                commits.add(sample);
            }
        }
        return commits;
    }

    private static boolean fallsBehind(List<Sample> commits) {
        for (int i = 1; i < commits.size(); i++) {
            if (commits.get(i).lag() < commits.get(i - 1).lag()) {
                return false;
            }
        }
        return commits.getLast().lag() > commits.getFirst().lag();
    }
}
