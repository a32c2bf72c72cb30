package io.barnabas.net.node;

import io.barnabas.log.inspect.LogDump;
import io.barnabas.log.inspect.LogVerifier;
import io.barnabas.log.inspect.ReplicaFiles;
import io.barnabas.log.inspect.Severity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Looks at the files of partitions without a node, and beside a running one. Nothing is changed. */
public final class OfflineLogs {

    private final List<ReplicaFiles> replicas;

    private OfflineLogs(List<ReplicaFiles> replicas) {
        this.replicas = replicas;
    }

    /**
     * What verifying found.
     *
     * @param severity note, warning or damage
     * @param file where it is
     * @param position byte in the file, -1 when it is no matter of one place
     * @param offset offset of the batch, -1 when none is known
     * @param fault what is wrong
     */
    public record Fault(String severity, Path file, long position, long offset, String fault) {}

    /**
     * What was verified.
     *
     * @param replicas number of replicas
     * @param segments number of segment files
     * @param batches number of batches
     * @param bytes bytes of segment files
     * @param damages findings of damage
     * @param indexesRead replicas whose index entries were held against their segments
     */
    public record Verdict(int replicas, int segments, long batches, long bytes, int damages, int indexesRead) {}

    /**
     * The logs at a path: a segment file, a directory of segments, a partition's directory or one of {@code log.dirs}.
     *
     * @throws IOException when it is none of these; the message says what may be given
     */
    public static OfflineLogs at(Path path) throws IOException {
        return new OfflineLogs(ReplicaFiles.at(path));
    }

    /**
     * Gives what the logs hold to {@code items}, one item at a time: its kind, and its values by name.
     *
     * @param deep whether records are items too
     * @param from batches that end below are left out
     * @param to batches that begin at or above are left out
     */
    public void dump(boolean deep, long from, long to, BiConsumer<String, Map<String, Object>> items)
            throws IOException {
        for (ReplicaFiles replica : replicas) {
            LogDump.dump(replica, new LogDump.Options(deep, from, to), items);
        }
    }

    /** Checks everything, and tells {@code faults} of each finding at once. */
    public Verdict verify(Consumer<Fault> faults) throws IOException {
        int segments = 0;
        long batches = 0;
        long bytes = 0;
        int indexesRead = 0;
        int[] damages = {0};
        for (ReplicaFiles replica : replicas) {
            LogVerifier.Summary summary = LogVerifier.verify(replica, finding -> {
                if (finding.severity() == Severity.DAMAGE) {
                    damages[0]++;
                }
                faults.accept(new Fault(
                        finding.severity().name().toLowerCase(Locale.ROOT),
                        finding.file(),
                        finding.position(),
                        finding.offset(),
                        finding.fault()));
            });
            segments += summary.segments();
            batches += summary.batches();
            bytes += summary.bytes();
            indexesRead += summary.withIndex() ? 1 : 0;
        }
        return new Verdict(replicas.size(), segments, batches, bytes, damages[0], indexesRead);
    }
}
