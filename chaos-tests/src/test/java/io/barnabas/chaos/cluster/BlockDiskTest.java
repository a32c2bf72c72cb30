package io.barnabas.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A disk whose power can be cut loses what was not synced, and nothing else. On hosts that have loop devices. */
@Timeout(60)
class BlockDiskTest {

    private static final int MEGABYTES = 64;
    private static final byte[] CONTENT = new byte[100_000];

    @TempDir
    private Path directory;

    private BlockDisk disk;

    @BeforeEach
    void mount() {
        assumeThat(HostRights.isRoot()).isTrue();
        try {
            disk = BlockDisk.mount(directory.resolve("data"), MEGABYTES);
        } catch (HostCommandException e) {
            assumeThat(e).as("this host has loop devices").isNull();
        }
    }

    @AfterEach
    void unmount() {
        if (disk != null) {
            disk.close();
        }
    }

    private Path write(String name, boolean sync) throws IOException {
        Path file = disk.directory().resolve(name);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(CONTENT));
            if (sync) {
                channel.force(false);
            }
        }
        return file;
    }

    @Test
    void aPowerCutTakesWhatWasNotSynced() throws IOException {
        Path synced = write("synced", true);
        Path unsynced = write("unsynced", false);

        disk.cutPower();
        assertThatThrownBy(() -> Files.readAllBytes(synced)).isInstanceOf(IOException.class);
        disk.reconnect();

        assertThat(synced).hasBinaryContent(CONTENT);
        assertThat(Files.notExists(unsynced) || Files.size(unsynced) == 0)
                .as("what was not synced is gone")
                .isTrue();
        assertThat(write("later", true)).hasBinaryContent(CONTENT);
    }

    @Test
    void aBrokenDiskAnswersWithErrorsUntilItIsReplaced() throws IOException {
        Path kept = write("kept", true);

        disk.breakDown();
        assertThatThrownBy(() -> write("refused", true)).isInstanceOf(IOException.class);
        disk.reconnect();

        assertThat(kept).hasBinaryContent(CONTENT);
    }

    @Test
    void aStalledDiskLetsWritersWaitAndThenGoOn() throws Exception {
        disk.stall();
        CompletableFuture<Path> written = CompletableFuture.supplyAsync(() -> {
            try {
                return write("late", true);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThatThrownBy(() -> written.get(200, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);

        disk.goOn();

        assertThat(written.get()).hasBinaryContent(CONTENT);
    }

    @Test
    void aFullDiskTakesNothingAndHasRoomAgain() throws IOException {
        disk.fill();
        assertThatThrownBy(() -> write("refused", true)).isInstanceOf(IOException.class);

        disk.free();

        assertThat(write("taken", true)).hasBinaryContent(CONTENT);
    }
}
