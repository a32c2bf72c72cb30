package io.barnabas.log;

import java.io.IOException;
import java.util.Optional;
import java.util.function.LongPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The background check of one replica's data. One thread runs it, any may ask for its status. */
final class ReplicaScrub {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicaScrub.class);
    private static final long UNKNOWN = -1;

    private final RatisPartitionReplica replica;
    private final PartitionEnvironment environment;
    private volatile long scrubbedAtMs = UNKNOWN;
    private volatile long bytes;
    private volatile String finding;

    ReplicaScrub(RatisPartitionReplica replica, PartitionEnvironment environment) {
        this.replica = replica;
        this.environment = environment;
    }

    boolean isPossible() {
        return replica.servedLog() != null;
    }

    /** Whether there is anything to scrub: only closed segments are. */
    boolean hasClosedSegments() {
        ReplicaLog open = replica.log();
        return open != null && open.segments().segments() > 1;
    }

    /** When the replica was last found well. */
    long scrubbedAtMs() {
        if (scrubbedAtMs == UNKNOWN) {
            try {
                scrubbedAtMs =
                        ScrubbedFile.read(environment.files(), replica.files().directory());
            } catch (IOException e) {
                LOG.warn("{}: when it was last scrubbed is not known: {}", replica, e.toString());
                scrubbedAtMs = 0;
            }
        }
        return scrubbedAtMs;
    }

    /**
     * Checks the data of the closed segments; damage fails the replica, so that it is repaired from its peers.
     *
     * @param goOn is told of bytes read, and may wait; false ends it
     */
    void run(LongPredicate goOn) {
        ReplicaLog open = replica.log();
        long nowMs = environment.clockMs().getAsLong();
        try {
            if (verify(open, goOn)) {
                found(nowMs);
            }
        } catch (IOException e) {
            finding = e.getMessage();
            // A log that was closed or replaced meanwhile says nothing of the one that serves.
            if (replica.servedLog() == open) {
                replica.fail("was found damaged while it was scrubbed: " + e.getMessage(), e);
            }
        }
    }

    private boolean verify(ReplicaLog open, LongPredicate goOn) throws IOException {
        bytes = 0;
        return open.segments().verifyClosed(open.highWatermark(), read -> {
            bytes += read;
            return replica.servedLog() == open && goOn.test(read);
        });
    }

    private void found(long nowMs) {
        scrubbedAtMs = nowMs;
        try {
            ScrubbedFile.write(environment.files(), replica.files().directory(), nowMs);
        } catch (IOException e) {
            LOG.warn("{}: cannot write down when it was scrubbed: {}", replica, e.toString());
        }
    }

    ScrubStatus status() {
        return new ScrubStatus(Math.max(0, scrubbedAtMs), bytes, Optional.ofNullable(finding));
    }
}
