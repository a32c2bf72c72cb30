package io.barnabas.log.rules;

import java.util.List;

/**
 * Which segments a log may give up, by Kafka's rules of {@code retention.ms} and {@code retention.bytes}: whole
 * segments only, the oldest first, none that reaches above the high watermark.
 *
 * @param ms age of a segment's newest record after which it goes, -1 for never
 * @param bytes segments go as long as the rest is at least this large, -1 for no limit
 */
public record RetentionRule(long ms, long bytes) {

    /**
     * Where the log may begin.
     *
     * @param segments oldest first
     * @param logStartOffset where it begins now
     * @param nowMs the time of day
     * @return the new log start offset, {@code logStartOffset} when nothing may go
     */
    public long startAfter(List<SegmentFacts> segments, long logStartOffset, long highWatermark, long nowMs) {
        long byAge = byAge(segments, highWatermark, nowMs);
        long bySize = bySize(segments, highWatermark);
        return Math.max(logStartOffset, Math.max(byAge, bySize));
    }

    private long byAge(List<SegmentFacts> segments, long highWatermark, long nowMs) {
        long start = 0;
        if (ms < 0) {
            return start;
        }
        for (SegmentFacts segment : segments) {
            long newest = segment.maxTimestamp() >= 0 ? segment.maxTimestamp() : segment.firstAppendMs();
            if (segment.sizeInBytes() == 0 || segment.nextOffset() > highWatermark || nowMs - newest <= ms) {
                break;
            }
            start = segment.nextOffset();
        }
        return start;
    }

    /** The newest segment stays: a log that is too large for its limit still takes appends. */
    private long bySize(List<SegmentFacts> segments, long highWatermark) {
        long start = 0;
        if (bytes < 0) {
            return start;
        }
        long excess = segments.stream().mapToLong(SegmentFacts::sizeInBytes).sum() - bytes;
        for (SegmentFacts segment : segments.subList(0, segments.size() - 1)) {
            excess -= segment.sizeInBytes();
            if (excess < 0 || segment.nextOffset() > highWatermark) {
                break;
            }
            start = segment.nextOffset();
        }
        return start;
    }
}
