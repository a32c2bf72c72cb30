package io.barnabas.log.compact;

import io.barnabas.log.LogConfig;
import io.barnabas.log.segment.SegmentLog;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** A log that a test owns; changes of its files are made under its lock. */
final class OwnedLog implements CleanableLog {

    private final SegmentLog segments;
    private final LogConfig config;
    private final long finalTo;
    private final Map<Long, Long> lastOffsets;
    private volatile String failure;

    OwnedLog(SegmentLog segments, LogConfig config, long finalTo, Map<Long, Long> lastOffsets) {
        this.segments = segments;
        this.config = config;
        this.finalTo = finalTo;
        this.lastOffsets = lastOffsets;
    }

    String failure() {
        return failure;
    }

    @Override
    public String name() {
        return "test-0";
    }

    @Override
    public SegmentLog segments() {
        return segments;
    }

    @Override
    public LogConfig config() {
        return config;
    }

    @Override
    public long finalTo() {
        return finalTo;
    }

    @Override
    public Map<Long, Long> lastOffsets() {
        return lastOffsets;
    }

    @Override
    public synchronized <T> Optional<T> exclusively(Change<T> change) throws IOException {
        return Optional.of(change.run());
    }

    @Override
    public void failed(String reason, Throwable cause) {
        failure = reason;
    }
}
