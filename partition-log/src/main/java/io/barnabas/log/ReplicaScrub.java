package io.barnabas.log;

import io.barnabas.log.segment.SegmentFiles;
import io.barnabas.log.segment.SegmentLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.LongPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The background check of one replica's data. One thread runs it, any may ask for its status. */
final class ReplicaScrub {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicaScrub.class);
    private static final long UNKNOWN = -1;

    private final SegmentFiles files;
    private volatile long scrubbedAtMs = UNKNOWN;
    private volatile long bytes;
    private volatile String finding;

    ReplicaScrub(SegmentFiles files) {
        this.files = files;
    }

    /** When the replica in {@code directory} was last found well. */
    long scrubbedAtMs(Path directory) {
        if (scrubbedAtMs == UNKNOWN) {
            try {
                scrubbedAtMs = ScrubbedFile.read(files, directory);
            } catch (IOException e) {
                LOG.warn("{}: when it was last scrubbed is not known: {}", directory, e.toString());
                scrubbedAtMs = 0;
            }
        }
        return scrubbedAtMs;
    }

    /**
     * Reads the closed segments.
     *
     * @param upperOffset the high watermark
     * @param nowMs the time of day
     * @param goOn is told of bytes read, and may wait; false ends it
     * @throws IOException when data are damaged, or cannot be read
     */
    void run(SegmentLog log, Path directory, long upperOffset, long nowMs, LongPredicate goOn) throws IOException {
        bytes = 0;
        boolean finished;
        try {
            finished = log.verifyClosed(upperOffset, read -> {
                bytes += read;
                return goOn.test(read);
            });
        } catch (IOException e) {
            finding = e.getMessage();
            throw e;
        }
        if (finished) {
            scrubbedAtMs = nowMs;
            try {
                ScrubbedFile.write(files, directory, nowMs);
            } catch (IOException e) {
                LOG.warn("{}: cannot write down when it was scrubbed: {}", directory, e.toString());
            }
        }
    }

    ScrubStatus status() {
        return new ScrubStatus(Math.max(0, scrubbedAtMs), bytes, Optional.ofNullable(finding));
    }
}
