package io.barnabas.log.segment;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;

/** The file system beneath, for others to put something between. */
class ForwardingFiles implements SegmentFiles {

    private final SegmentFiles beneath;

    ForwardingFiles(SegmentFiles beneath) {
        this.beneath = beneath;
    }

    @Override
    public void createDirectory(Path directory) throws IOException {
        beneath.createDirectory(directory);
    }

    @Override
    public List<Path> list(Path directory) throws IOException {
        return beneath.list(directory);
    }

    @Override
    public FileChannel open(Path file) throws IOException {
        return beneath.open(file);
    }

    @Override
    public long createdMs(Path file) throws IOException {
        return beneath.createdMs(file);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        beneath.rename(from, to);
    }

    @Override
    public void delete(Path file) throws IOException {
        beneath.delete(file);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        beneath.syncDirectory(directory);
    }
}
