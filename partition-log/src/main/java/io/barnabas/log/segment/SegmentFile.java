package io.barnabas.log.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One open file, closed when nobody holds it any more: the log holds it once, and so does each slice or scan.
 *
 * <p>An interrupt closes a {@link FileChannel} under all who use it. So a closed channel of a file that is still held
 * is opened again.
 */
final class SegmentFile {

    private final SegmentFiles files;
    private volatile Path path;
    private final AtomicInteger holders = new AtomicInteger(1);
    private volatile FileChannel channel;
    private volatile boolean deleted;
    private volatile IOException syncFailure;

    SegmentFile(SegmentFiles files, Path path) throws IOException {
        this.files = files;
        this.path = path;
        this.channel = files.open(path);
    }

    Path path() {
        return path;
    }

    /** Holds the file, unless the last holder has gone. */
    boolean retain() {
        return holders.getAndUpdate(n -> n == 0 ? 0 : n + 1) > 0;
    }

    void release() throws IOException {
        int left = holders.decrementAndGet();
        if (left == 0) {
            channel.close();
        } else if (left < 0) {
            throw new IllegalStateException(path + " was released more often than held");
        }
    }

    FileChannel channel() throws IOException {
        FileChannel current = channel;
        return current.isOpen() ? current : reopen();
    }

    private synchronized FileChannel reopen() throws IOException {
        if (!channel.isOpen()) {
            // Another file may have the name by now.
            if (deleted || holders.get() == 0) {
                throw new ClosedChannelException();
            }
            channel = files.open(path);
        }
        return channel;
    }

    long size() throws IOException {
        return channel().size();
    }

    /** Fills {@code into} from {@code position} as far as the file goes, and gives the bytes read. */
    int read(ByteBuffer into, long position) throws IOException {
        int start = into.position();
        for (boolean again = true; ; again = false) {
            try {
                FileChannel from = channel();
                long at = position + (into.position() - start);
                while (into.hasRemaining()) {
                    int read = from.read(into, at);
                    if (read < 0) {
                        break;
                    }
                    at += read;
                }
                return into.position() - start;
            } catch (ClosedChannelException e) {
                if (!again || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
            } catch (IOException e) {
                throw DiskFault.of(path, e);
            }
        }
    }

    /** Writes all the bytes at {@code position}, in as few calls as the system allows. */
    void write(ByteBuffer[] bytes, long position) throws IOException {
        FileChannel to = channel();
        try {
            to.position(position);
            int first = 0;
            while (first < bytes.length) {
                to.write(bytes, first, bytes.length - first);
                while (first < bytes.length && !bytes[first].hasRemaining()) {
                    first++;
                }
            }
        } catch (IOException e) {
            throw DiskFault.of(path, e);
        }
    }

    void truncate(long size) throws IOException {
        try {
            channel().truncate(size);
        } catch (IOException e) {
            throw DiskFault.of(path, e);
        }
    }

    /**
     * Makes all written bytes durable.
     *
     * @throws IOException when the disk failed now or at an earlier call: the system then may have dropped the pages
     *     and call the file clean, so that another attempt would succeed without having written them
     */
    void force() throws IOException {
        IOException earlier = syncFailure;
        if (earlier != null) {
            throw earlier;
        }
        try {
            channel().force(false);
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException e) {
            syncFailure = DiskFault.ofSync(path, e);
            throw syncFailure;
        }
    }

    /** Gives the file another name; what is there under that name is no more. */
    synchronized void rename(Path to) throws IOException {
        files.rename(path, to);
        path = to;
    }

    void delete() throws IOException {
        deleted = true;
        files.delete(path);
    }

    /**
     * Looks whether its name is still there: an open file outlasts its name.
     *
     * @throws CorruptLogException when somebody else has deleted it
     */
    synchronized void expectThere() throws IOException {
        if (!deleted && !files.list(path.getParent()).contains(path) && !deleted) {
            throw new CorruptLogException(path, 0, "the file is gone");
        }
    }

    /** Another file takes this one's name: those who hold it read on, nobody opens it again. */
    void supersede() {
        deleted = true;
    }
}
