package io.barnabas.log.directory;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The record of places: which replica lives in which log directory. It tells a replica that is new from one whose disk
 * is away, and its change is the moment at which a move takes place.
 *
 * <p>A text file of lines that end in their CRC-32C, appended to and synced at each change, rewritten at each start. A
 * line that is torn or damaged is passed over: of a directory that is well, the files tell the same.
 */
final class ReplicaPlaces implements Closeable {

    private static final String AT = "at";
    private static final String GONE = "gone";

    private final Path file;
    private final Map<UUID, Place> places = new HashMap<>();
    private final Object syncing = new Object();
    private FileChannel channel;
    private long written;
    private long synced;

    /**
     * Where a replica lives.
     *
     * @param directory the log directory's id
     * @param topic the topic's name
     * @param partition the partition's number
     */
    record Place(String directory, String topic, int partition) {}

    private ReplicaPlaces(Path file) {
        this.file = file;
    }

    /** Reads a record; a missing file is an empty one. {@link #rewrite} must follow before it can be changed. */
    static ReplicaPlaces read(Path file) throws IOException {
        ReplicaPlaces places = new ReplicaPlaces(file);
        if (Files.exists(file)) {
            String text = Files.readString(file, StandardCharsets.ISO_8859_1);
            text.lines().forEach(places::replay);
        }
        return places;
    }

    private void replay(String line) {
        int end = line.lastIndexOf(' ');
        if (end < 0 || !crc(line.substring(0, end)).equals(line.substring(end + 1))) {
            return;
        }
        String[] words = line.substring(0, end).split(" ", -1);
        if (words[0].equals(AT) && words.length == 5) {
            places.put(UUID.fromString(words[1]), new Place(words[2], words[3], Integer.parseInt(words[4])));
        } else if (words[0].equals(GONE) && words.length == 2) {
            places.remove(UUID.fromString(words[1]));
        }
    }

    /** Replaces the file by one that says what is in memory, and opens it for changes. */
    synchronized void rewrite() throws IOException {
        StringBuilder text = new StringBuilder();
        places.forEach((groupId, place) -> text.append(line(groupId, place)));
        Path draft = file.resolveSibling(file.getFileName() + ".tmp");
        try (FileChannel drafted = FileChannel.open(
                draft, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            write(drafted, text.toString());
            drafted.force(true);
        }
        close();
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        LogDirectory.sync(file.toAbsolutePath().getParent());
        channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    }

    /** Notes in memory what the files say; {@link #rewrite} makes it durable. */
    synchronized void adopt(UUID groupId, Place place) {
        places.put(groupId, place);
    }

    /** Forgets in memory a replica that lives in {@code directory}; {@link #rewrite} makes it durable. */
    synchronized void drop(UUID groupId, String directory) {
        places.computeIfPresent(groupId, (id, place) -> place.directory().equals(directory) ? null : place);
    }

    /** Durable when it returns. */
    void put(UUID groupId, Place place) throws IOException {
        long position;
        synchronized (this) {
            write(channel, line(groupId, place));
            places.put(groupId, place);
            position = ++written;
        }
        syncTo(position);
    }

    /** Durable when it returns. */
    void remove(UUID groupId) throws IOException {
        long position;
        synchronized (this) {
            if (!places.containsKey(groupId)) {
                return;
            }
            write(channel, line(GONE + " " + groupId));
            places.remove(groupId);
            position = ++written;
        }
        syncTo(position);
    }

    /** Changes that come together share one sync. */
    private void syncTo(long position) throws IOException {
        synchronized (syncing) {
            if (synced >= position) {
                return;
            }
            long upTo;
            FileChannel open;
            synchronized (this) {
                upTo = written;
                open = channel;
            }
            open.force(false);
            synced = upTo;
        }
    }

    synchronized Optional<Place> get(UUID groupId) {
        return Optional.ofNullable(places.get(groupId));
    }

    synchronized Map<UUID, Place> all() {
        return Map.copyOf(places);
    }

    /** How many replicas live in a directory. */
    synchronized int count(String directory) {
        return (int) places.values().stream()
                .filter(place -> place.directory().equals(directory))
                .count();
    }

    private static String line(UUID groupId, Place place) {
        return line(AT + " " + groupId + " " + place.directory() + " " + place.topic() + " " + place.partition());
    }

    private static String line(String words) {
        return words + " " + crc(words) + "\n";
    }

    private static String crc(String words) {
        CRC32C crc = new CRC32C();
        crc.update(words.getBytes(StandardCharsets.ISO_8859_1));
        return Long.toHexString(crc.getValue());
    }

    private static void write(FileChannel to, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
        while (bytes.hasRemaining()) {
            to.write(bytes);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        if (channel != null) {
            channel.close();
            channel = null;
        }
    }
}
