package io.barnabas.log.rules;

import io.barnabas.log.LogConfig.Compaction;
import java.util.ArrayList;
import java.util.List;

/**
 * What compaction would do to a log, and whether it should by now. The rules are those of Kafka's cleaner.
 *
 * @param fromOffset records below were compared with each other before
 * @param toOffset records from here on stay as they are for now
 * @param cleanBytes bytes of the segments below {@code fromOffset}
 * @param dirtyBytes bytes of the segments between the two
 * @param due whether the log is dirty enough, or a record has waited for too long
 */
public record CleanPlan(long fromOffset, long toOffset, long cleanBytes, long dirtyBytes, boolean due) {

    /** Offsets in a segment are told apart by 31 bits (KIP-98), so that Kafka's tools can read the files. */
    private static final long MAX_SPAN = Integer.MAX_VALUE;

    /**
     * @param segments all segments, oldest first; the last one is still written to and never cleaned
     * @param cleanedTo where the last cleaning ended
     * @param finalTo nothing below can ever be truncated, nor does anybody need it as it is
     */
    public static CleanPlan of(
            List<SegmentFacts> segments, long cleanedTo, long finalTo, long nowMs, Compaction config) {
        long start = segments.getFirst().baseOffset();
        long from = Math.max(start, cleanedTo);
        long to = start;
        long clean = 0;
        long dirty = 0;
        boolean late = false;
        for (SegmentFacts segment : segments.subList(0, segments.size() - 1)) {
            boolean young = config.minLagMs() > 0 && segment.maxTimestamp() > nowMs - config.minLagMs();
            if (young || segment.nextOffset() > finalTo) {
                break;
            }
            to = segment.nextOffset();
            if (to <= from) {
                clean += segment.sizeInBytes();
            } else {
                dirty += segment.sizeInBytes();
                late |= nowMs - segment.firstAppendMs() >= config.maxLagMs();
            }
        }
        boolean due = config.enabled() && to > from && (late || ratio(clean, dirty) > config.minDirtyRatio());
        return new CleanPlan(from, Math.max(from, to), clean, dirty, due);
    }

    /** Share of the dirty bytes, by which logs are compared: the dirtiest is cleaned first. */
    public double dirtyRatio() {
        return ratio(cleanBytes, dirtyBytes);
    }

    private static double ratio(long clean, long dirty) {
        return dirty == 0 ? 0 : (double) dirty / (clean + dirty);
    }

    /**
     * The segments that begin below {@code endOffset}, in runs of neighbours that fit into one file, as they may after
     * earlier cleanings.
     */
    public static List<List<SegmentFacts>> groups(List<SegmentFacts> segments, long endOffset, int segmentBytes) {
        List<List<SegmentFacts>> groups = new ArrayList<>();
        List<SegmentFacts> group = new ArrayList<>();
        long bytes = 0;
        for (SegmentFacts segment : segments.subList(0, segments.size() - 1)) {
            if (segment.baseOffset() >= endOffset) {
                break;
            }
            boolean fits = !group.isEmpty()
                    && bytes + segment.sizeInBytes() <= segmentBytes
                    && segment.nextOffset() - group.getFirst().baseOffset() <= MAX_SPAN;
            if (!fits && !group.isEmpty()) {
                groups.add(List.copyOf(group));
                group.clear();
                bytes = 0;
            }
            group.add(segment);
            bytes += segment.sizeInBytes();
        }
        if (!group.isEmpty()) {
            groups.add(List.copyOf(group));
        }
        return groups;
    }
}
