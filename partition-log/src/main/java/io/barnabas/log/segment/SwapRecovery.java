package io.barnabas.log.segment;

import io.barnabas.log.rules.BatchHeader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Completes or undoes what a crash interrupted while segments were replaced; see {@link Replacement}. */
final class SwapRecovery {

    private static final String LOG = ".log";
    private static final String CLEANED = ".log.cleaned";
    private static final String SWAP = ".log.swap";

    private final SegmentFiles files;
    private final Path directory;

    SwapRecovery(SegmentFiles files, Path directory) {
        this.files = files;
        this.directory = directory;
    }

    static Path cleanedOf(Path directory, long baseOffset) {
        return directory.resolve(String.format("%020d", baseOffset) + CLEANED);
    }

    static Path swapOf(Path directory, long baseOffset) {
        return directory.resolve(String.format("%020d", baseOffset) + SWAP);
    }

    /** Whether a file is one that only exists while segments are replaced. */
    static boolean isPassing(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(CLEANED) || name.endsWith(SWAP);
    }

    /** Leaves nothing but segments. */
    void run() throws IOException {
        List<Path> all = files.list(directory);
        for (Path file : all) {
            if (file.getFileName().toString().endsWith(CLEANED)) {
                files.delete(file);
            }
        }
        for (Path file : all) {
            if (file.getFileName().toString().endsWith(SWAP)) {
                complete(file, all);
            }
        }
    }

    private void complete(Path swap, List<Path> all) throws IOException {
        String name = swap.getFileName().toString();
        long base = baseOf(name, SWAP);
        long end = endOf(swap, base);
        for (Path file : all) {
            String other = file.getFileName().toString();
            if (other.matches("\\d{20}\\.log")) {
                long otherBase = baseOf(other, LOG);
                if (otherBase > base && otherBase < end) {
                    files.delete(file);
                }
            }
        }
        files.syncDirectory(directory);
        files.rename(swap, SegmentRecovery.fileOf(directory, base));
        files.syncDirectory(directory);
    }

    private static long baseOf(String name, String suffix) {
        return Long.parseLong(name.substring(0, name.length() - suffix.length()));
    }

    private long endOf(Path swap, long base) throws IOException {
        SegmentFile file = new SegmentFile(files, swap);
        try {
            HeaderCursor cursor = new HeaderCursor(file, 0, file.size());
            long end = base;
            for (BatchHeader header = cursor.next(); header != null; header = cursor.next()) {
                end = header.nextOffset();
            }
            return end;
        } finally {
            file.release();
        }
    }
}
