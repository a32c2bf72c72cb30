package io.barnabas.log.segment;

import io.barnabas.log.rules.SegmentFacts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What a log has written down about itself beside its segments, for those who only look at it. */
public final class LogNotes {

    private LogNotes() {}

    /** The segments as they were when the log was closed in good order; empty when it was not, or is open. */
    public static Optional<List<SegmentFacts>> closedWith(SegmentFiles files, Path directory) throws IOException {
        return CleanShutdown.read(files, directory).map(CleanShutdown::facts);
    }

    /** The offset up to which the log has been compacted, 0 when it never was. */
    public static long cleanedTo(SegmentFiles files, Path directory) throws IOException {
        return CleanedOffset.read(files, directory).offset();
    }
}
