package io.barnabas.log.inspect;

import io.barnabas.log.rules.BatchHeader;
import io.barnabas.log.rules.BatchRules;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Walks the batches of a segment file and goes on behind damaged places where it can. No more of the file is in memory
 * than a window and one batch whose CRC fits.
 */
final class SegmentWalk implements Closeable {

    private static final int WINDOW = 1 << 20;

    private final FileChannel channel;
    private final long size;
    private final ByteBuffer window = ByteBuffer.allocate(WINDOW).limit(0);
    private long windowStart;
    private long position;

    /** What stands at a place of the file. */
    sealed interface Step {}

    /**
     * A batch.
     *
     * @param bytes the whole batch; empty when its CRC does not fit. Of use until the next step
     */
    record Batch(BatchHeader header, long position, Optional<ByteBuffer> bytes) implements Step {

        long end() {
            return position + header.sizeInBytes();
        }
    }

    /** Bytes that are no batch, up to the next good batch or the end of the file. */
    record Unreadable(long position, long bytes, String fault, boolean toTheEnd) implements Step {}

    SegmentWalk(Path file) throws IOException {
        this.channel = FileChannel.open(file, StandardOpenOption.READ);
        this.size = channel.size();
    }

    /** Bytes of the file. */
    long size() {
        return size;
    }

    /**
     * The next step, or null at the end of the file.
     *
     * @param offset no batch begins below
     */
    Step next(long offset) throws IOException {
        if (position >= size) {
            return null;
        }
        Optional<String> fault = faultAt(position);
        if (fault.isPresent()) {
            return skip(offset, fault.get());
        }
        BatchHeader header = headerAt(position);
        boolean fits = crcOf(position, header.sizeInBytes()) == header.crc();
        long end = position + header.sizeInBytes();
        if (!fits && end < size && faultAt(end).isPresent()) {
            // Its length may be what is wrong.
            return skip(offset, wrongCrc(header));
        }
        Batch batch = new Batch(
                header, position, fits ? Optional.of(read(position, header.sizeInBytes())) : Optional.empty());
        position = end;
        return batch;
    }

    static String wrongCrc(BatchHeader header) {
        return "the CRC of the batch at offset " + header.baseOffset() + " is wrong";
    }

    private Unreadable skip(long offset, String fault) throws IOException {
        long from = position;
        position = from + 1;
        while (position < size && !isGoodBatch(offset)) {
            position++;
        }
        return new Unreadable(from, position - from, fault, position >= size);
    }

    private boolean isGoodBatch(long offset) throws IOException {
        if (size - position < BatchHeader.SIZE) {
            position = size;
            return false;
        }
        if (faultAt(position).isPresent()) {
            return false;
        }
        BatchHeader header = headerAt(position);
        return header.baseOffset() >= offset
                && header.partitionLeaderEpoch() >= 0
                && crcOf(position, header.sizeInBytes()) == header.crc();
    }

    private Optional<String> faultAt(long at) throws IOException {
        long left = size - at;
        if (left < BatchHeader.SIZE) {
            return Optional.of("only " + left + " bytes are left, too few for a batch header");
        }
        BatchHeader header = headerAt(at);
        if (header.magic() != BatchHeader.MAGIC) {
            return Optional.of("a batch of format " + header.magic() + " stands there, expected is 2");
        }
        if (header.sizeInBytes() < BatchHeader.SIZE || header.sizeInBytes() > left) {
            return Optional.of("a batch says it has " + (header.sizeInBytes() & 0xFFFF_FFFFL) + " bytes, the file has "
                    + left + " left");
        }
        boolean sound = header.baseOffset() >= 0
                && header.recordCount() >= 0
                && header.lastOffsetDelta() >= 0
                && header.recordCount() - 1 <= header.lastOffsetDelta()
                && header.nextOffset() >= 0;
        return sound
                ? Optional.empty()
                : Optional.of("a batch of " + header.recordCount() + " records at offset " + header.baseOffset()
                        + " spans offsets 0 to " + header.lastOffsetDelta());
    }

    private BatchHeader headerAt(long at) throws IOException {
        return BatchHeader.parse(view(at, BatchHeader.SIZE), 0);
    }

    private int crcOf(long at, int length) throws IOException {
        if (length <= WINDOW) {
            return BatchRules.crcOf(view(at, length), 0, length);
        }
        CRC32C crc = new CRC32C();
        long next = at + BatchHeader.ATTRIBUTES_AT;
        while (next < at + length) {
            int part = (int) Math.min(WINDOW, at + length - next);
            crc.update(view(next, part));
            next += part;
        }
        return (int) crc.getValue();
    }

    private ByteBuffer read(long at, int length) throws IOException {
        if (length <= WINDOW) {
            return view(at, length);
        }
        ByteBuffer bytes = ByteBuffer.allocate(length);
        fill(bytes, at);
        return bytes.flip();
    }

    /** Bytes of the file, at most a window, of use until the next call. */
    private ByteBuffer view(long at, int length) throws IOException {
        long from = at - windowStart;
        if (from < 0 || from + length > window.limit()) {
            window.clear().limit((int) Math.min(WINDOW, size - at));
            fill(window, at);
            window.flip();
            windowStart = at;
            from = 0;
        }
        return window.slice((int) from, length);
    }

    private void fill(ByteBuffer into, long at) throws IOException {
        int start = into.position();
        while (into.hasRemaining()) {
            int read = channel.read(into, at + into.position() - start);
            if (read < 0) {
                throw new IOException("the file became shorter while it was read");
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
