package io.barnabas.log;

import io.barnabas.log.compact.CleanableLog;
import io.barnabas.log.segment.SegmentLog;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** A replica as the log cleaner sees it. */
final class CleanableReplica implements CleanableLog {

    private final RatisPartitionReplica replica;
    private final ReplicaLog log;

    CleanableReplica(RatisPartitionReplica replica, ReplicaLog log) {
        this.replica = replica;
        this.log = log;
    }

    @Override
    public String name() {
        return replica.toString();
    }

    @Override
    public SegmentLog segments() {
        return log.segments();
    }

    @Override
    public LogConfig config() {
        return replica.config();
    }

    @Override
    public long finalTo() {
        return log.snapshotHighWatermark();
    }

    @Override
    public long committedTo() {
        return log.highWatermark();
    }

    @Override
    public void requestSnapshot() {
        replica.upkeep().requestSnapshot();
    }

    @Override
    public Map<Long, Long> lastOffsets() {
        return log.lastOffsets();
    }

    @Override
    public <T> Optional<T> exclusively(Change<T> change) throws IOException {
        return log.exclusively(change);
    }

    @Override
    public void failed(String reason, Throwable cause) {
        replica.fail(reason, cause);
    }
}
