package io.barnabas.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.raftlog.segmented.LogSegment;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.apache.ratis.thirdparty.com.google.protobuf.CodedOutputStream;
import org.apache.ratis.util.SizeInBytes;

/**
 * Takes from the Raft log of a stopped replica what a power cut may have taken. Ratis counts an entry as flushed when
 * its bytes are forced, so those up to the flush index stay and the bytes behind them end anywhere.
 */
final class RaftPowerLoss {

    private static final int FILE_HEADER_BYTES = 8;
    private static final int CHECKSUM_BYTES = 4;
    private static final SizeInBytes MAX_ENTRY = SizeInBytes.valueOf("64MB");

    private RaftPowerLoss() {}

    /** @param replica directory of the replica's Raft storage */
    static void strike(Path replica, long flushIndex, SplittableRandom random) throws IOException {
        List<LogSegmentPath> files;
        try (Stream<Path> found = Files.list(replica.resolve("current"))) {
            files = found.filter(file -> file.getFileName().toString().startsWith("log_"))
                    .flatMap(file -> Optional.ofNullable(LogSegmentPath.matchLogSegment(file)).stream())
                    .toList();
        }
        for (LogSegmentPath file : files) {
            if (file.getPath().getFileName().toString().contains("inprogress")) {
                strike(file, flushIndex, random);
            }
        }
    }

    private static void strike(LogSegmentPath file, long flushIndex, SplittableRandom random) throws IOException {
        long[] forced = {FILE_HEADER_BYTES};
        LogSegment.readSegmentFile(
                file.getPath().toFile(),
                file.getStartEnd(),
                MAX_ENTRY,
                CorruptionPolicy.WARN_AND_RETURN,
                null,
                entry -> {
                    if (entry.getIndex() <= flushIndex) {
                        int size = entry.getSerializedSize();
                        forced[0] += CodedOutputStream.computeUInt32SizeNoTag(size) + size + CHECKSUM_BYTES;
                    }
                });
        try (FileChannel channel = FileChannel.open(file.getPath(), StandardOpenOption.WRITE)) {
            long size = channel.size();
            long left = random.nextLong(forced[0], Math.max(forced[0], size) + 1);
            if (random.nextBoolean()) {
                channel.truncate(left);
            } else if (left < size) {
                // The file's length is there and the bytes are not.
                channel.write(ByteBuffer.allocate((int) (size - left)), left);
            }
        }
    }
}
