package org.apache.ratis.util;

import java.io.File;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces a file as a whole, or leaves it as it was. Stands in for Ratis' class of this name, with which Ratis writes
 * terms, votes, memberships and checksums: that one puts an empty file in place of the old one when the disk is full, and
 * does not sync the directory, so that a vote may be forgotten (docs/ratis-findings).
 *
 * <p>The class path has to have this one first; {@code RatisMetadataQuorum} refuses to work with the other.
 */
public final class AtomicFileOutputStream extends FilterOutputStream {

    /** What the file is called while it is written. */
    public static final String TMP_EXTENSION = ".tmp";

    private static final Logger LOG = LoggerFactory.getLogger(AtomicFileOutputStream.class);

    private final Path file;
    private final Path written;
    private boolean failed;
    private boolean closed;

    /** Replaces the file when it is closed. */
    public AtomicFileOutputStream(File outFile) throws IOException {
        this(outFile, getTemporaryFile(outFile));
    }

    /** Replaces the file by way of that one, in the same file system. */
    public AtomicFileOutputStream(File outFile, File tmpFile) throws IOException {
        this(
                FileUtils.newOutputStreamForceAtClose(
                        tmpFile,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE),
                outFile,
                tmpFile);
    }

    /** @param synced writes to {@code tmpFile}, and syncs it when it is closed */
    AtomicFileOutputStream(OutputStream synced, File outFile, File tmpFile) {
        super(synced);
        this.file = outFile.toPath().toAbsolutePath();
        this.written = tmpFile.toPath().toAbsolutePath();
    }

    /** Where that file is written. */
    public static File getTemporaryFile(File outFile) {
        return new File(outFile.getParentFile(), outFile.getName() + TMP_EXTENSION);
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            out.write(bytes, offset, length);
        } catch (IOException | RuntimeException e) {
            failed = true;
            throw e;
        }
    }

    @Override
    public void flush() throws IOException {
        try {
            out.flush();
        } catch (IOException | RuntimeException e) {
            failed = true;
            throw e;
        }
    }

    public boolean isClosed() {
        return closed;
    }

    /**
     * The file is the new one, also after a power loss.
     *
     * @throws IOException when it is the old one still, also because an earlier write failed
     */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        if (failed) {
            abort();
            throw new IOException(file + " stays as it was: what was to replace it could not be written");
        }
        closed = true;
        try {
            super.close();
            FileUtils.move(written, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException | RuntimeException e) {
            discard();
            throw e;
        }
        try (FileChannel directory = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    /** The file stays as it was. */
    public void abort() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            out.close();
        } catch (IOException e) {
            LOG.debug("what nobody wants could not be written: {}", written, e);
        }
        discard();
    }

    private void discard() {
        try {
            FileUtils.deleteIfExists(written);
        } catch (IOException e) {
            LOG.warn("cannot delete {}", written, e);
        }
    }
}
