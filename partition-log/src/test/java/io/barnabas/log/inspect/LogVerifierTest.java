package io.barnabas.log.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.barnabas.log.index.IndexEntry;
import io.barnabas.log.inspect.KnownLog.Place;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.common.record.internal.CompressionType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each fault that may befall a log's files is found, and nothing else. */
class LogVerifierTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void aGoodLogHasNoFindings(CompressionType codec) throws Exception {
        KnownLog log = new KnownLog(directory, codec);
        assertThat(log.files()).hasSizeGreaterThan(2);

        LogVerifier.Summary summary =
                LogVerifier.verify(ReplicaFiles.at(directory).getFirst(), finding -> {
                    throw new AssertionError(finding);
                });

        assertThat(summary.batches()).isEqualTo(KnownLog.BATCHES);
        assertThat(summary.segments()).isEqualTo(log.files().size());
        assertThat(summary.withIndex()).isTrue();
    }

    @Test
    void nothingIsChanged() throws Exception {
        KnownLog log = new KnownLog(directory, CompressionType.ZSTD);
        Map<Path, FileTime> before = filesAndTimes();

        log.verify();

        assertThat(filesAndTimes()).isEqualTo(before);
    }

    private Map<Path, FileTime> filesAndTimes() throws IOException {
        Map<Path, FileTime> all = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.toList()) {
                all.put(file, Files.getLastModifiedTime(file));
            }
        }
        return all;
    }

    @ParameterizedTest
    @EnumSource(
            value = CompressionType.class,
            names = {"NONE", "GZIP", "LZ4"})
    void aFlippedBitInThePayload(CompressionType codec) throws Exception {
        KnownLog log = new KnownLog(directory, codec);
        Place place = log.places().get(3);
        KnownLog.flip(place.file(), place.position() + 70);

        assertOne(log.verify(), place, "CRC");
    }

    @Test
    void aFlippedBitInEachFieldOfTheHeader() throws Exception {
        KnownLog log = new KnownLog(directory, CompressionType.NONE);
        log.withoutIndex();
        // Not the epoch: it is under no CRC, and only one that falls is wrong for sure.
        for (int at : new int[] {8, 11, 16, 17, 22, 26, 34, 42, 50, 52, 56, 60}) {
            Place place = log.places().get(1);
            KnownLog.flip(place.file(), place.position() + at);
            assertThat(log.verify())
                    .as("byte %d of the header", at)
                    .singleElement()
                    .satisfies(finding -> {
                        assertThat(finding.severity()).isEqualTo(Severity.DAMAGE);
                        assertThat(finding.position()).isEqualTo(place.position());
                        assertThat(finding.file()).isEqualTo(place.file());
                    });
            KnownLog.flip(place.file(), place.position() + at);
        }
        assertThat(log.verify()).isEmpty();
    }

    @Test
    void anOffsetThatFallsAndAnEpochThatFalls() throws Exception {
        KnownLog log = new KnownLog(directory, CompressionType.NONE);
        log.withoutIndex();
        Place raised = log.places().get(1);
        Place after = log.places().get(2);
        KnownLog.flip(raised.file(), raised.position() + 6);
        assertOne(log.verify(), after, "stands where offset 4100 or a higher one must follow");
        KnownLog.flip(raised.file(), raised.position() + 6);

        KnownLog.flip(raised.file(), raised.position() + 15);
        assertOne(log.verify(), after, "leader epoch 1 follows the newer epoch 17");
    }

    @Test
    void aCutFile() throws Exception {
        KnownLog log = new KnownLog(directory, CompressionType.NONE);
        log.withoutIndex();
        Path first = log.files().getFirst();
        cut(first, Files.size(first) - 10);

        assertThat(log.verify()).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Severity.DAMAGE);
            assertThat(finding.file()).isEqualTo(first);
            assertThat(finding.fault()).contains("the file has");
        });
    }

    @Test
    void aTornTailIsNoDamage() throws Exception {
        KnownLog log = new KnownLog(directory, CompressionType.NONE);
        log.withoutIndex();
        Path last = log.files().getLast();
        cut(last, Files.size(last) - 10);

        assertThat(log.verify()).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Severity.NOTE);
            assertThat(finding.file()).isEqualTo(last);
            assertThat(finding.offset()).isEqualTo(2 * KnownLog.BATCHES - 2);
        });
    }

    @Test
    void aWholeBatchCutOffTheEndOfASegment() throws Exception {
        KnownLog log = new KnownLog(directory, CompressionType.NONE);
        log.withoutIndex();
        Path second = log.files().get(1);
        Place lost = log.places().stream()
                .filter(place -> place.file().equals(second))
                .reduce((a, b) -> b)
                .orElseThrow();
        cut(second, lost.position());

        assertThat(log.verify()).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Severity.DAMAGE);
            assertThat(finding.file()).isEqualTo(log.files().get(2));
            assertThat(finding.offset()).isEqualTo(lost.header().baseOffset());
            assertThat(finding.fault()).contains("are missing before this segment");
        });
    }

    @Test
    void swappedFiles() throws Exception {
        KnownLog log = new KnownLog(directory, CompressionType.NONE);
        log.withoutIndex();
        Path first = log.files().get(0);
        Path second = log.files().get(1);
        Path aside = directory.resolve("aside");
        Files.move(first, aside);
        Files.move(second, first);
        Files.move(aside, second);

        assertThat(log.verify())
                .isNotEmpty()
                .allSatisfy(finding -> {
                    assertThat(finding.severity()).isEqualTo(Severity.DAMAGE);
                    assertThat(finding.file()).isIn(first, second);
                })
                .anySatisfy(finding -> assertThat(finding.fault()).contains("its name says"));
    }

    @Test
    void aWrongName() throws Exception {
        KnownLog log = new KnownLog(directory, CompressionType.NONE);
        log.withoutIndex();
        Path last = log.files().getLast();
        Path renamed = last.resolveSibling("00000000000000000039.log");
        Files.move(last, renamed);

        assertThat(log.verify())
                .isNotEmpty()
                .allSatisfy(finding -> assertThat(finding.file()).isEqualTo(renamed))
                .anySatisfy(finding -> assertThat(finding.fault()).contains("its name says 39"));
    }

    @Test
    void duplicateOffsets() throws Exception {
        KnownLog log = new KnownLog(directory, CompressionType.NONE);
        log.withoutIndex();
        Place second = log.places().get(1);
        byte[] content = Files.readAllBytes(second.file());
        int begin = (int) second.position();
        int end = begin + second.header().sizeInBytes();
        try (var out = Files.newOutputStream(second.file())) {
            out.write(content, 0, end);
            out.write(content, begin, end - begin);
            out.write(content, end, content.length - end);
        }

        assertThat(log.verify()).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Severity.DAMAGE);
            assertThat(finding.position()).isEqualTo(end);
            assertThat(finding.fault()).contains("a batch of offset 2 stands where offset 4");
        });
    }

    @Test
    void aMissingSegmentInTheMiddleAndAtTheBeginning() throws Exception {
        KnownLog log = new KnownLog(directory, CompressionType.NONE);
        log.withoutIndex();
        List<Path> files = log.files();
        Files.delete(files.get(1));
        assertThat(log.verify()).singleElement().satisfies(finding -> {
            assertThat(finding.file()).isEqualTo(files.get(2));
            assertThat(finding.fault()).contains("are missing before this segment");
        });

        Files.delete(files.get(0));
        assertThat(log.verify()).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Severity.DAMAGE);
            assertThat(finding.file()).isEqualTo(files.get(2));
            assertThat(finding.fault()).contains("are missing: the log was trimmed to offset 0 only");
        });
    }

    @Test
    void wrongIndexEntries() throws Exception {
        KnownLog log = new KnownLog(directory, CompressionType.NONE);
        Place place = log.places().get(2);
        // Of offset 4 there is an entry; its position is moved. No batch begins at offset 7.
        log.index(new IndexEntry(4, 0, place.position() + 1, 5_011, 2));
        assertThat(log.verify()).isNotEmpty().allSatisfy(finding -> {
            assertThat(finding.severity()).isEqualTo(Severity.DAMAGE);
            assertThat(finding.offset()).isEqualTo(4);
            assertThat(finding.fault()).contains("the segment says segment 0 position " + place.position());
        });

        log.index(new IndexEntry(4, 0, place.position(), 5_011, 2));
        assertThat(log.verify()).isEmpty();
        log.index(new IndexEntry(7, 0, 600, 5_011, 2));
        assertThat(log.verify())
                .isNotEmpty()
                .allSatisfy(finding -> assertThat(finding.file()).isEqualTo(directory.resolve("index")))
                .anySatisfy(finding -> assertThat(finding.fault()).contains("no batch begins there"));
    }

    @Test
    void entriesBeyondTheEndAreOnlyNoted() throws Exception {
        KnownLog log = new KnownLog(directory, CompressionType.NONE);
        log.index(new IndexEntry(900, 900, 50, 9_000, 800));

        assertThat(log.verify())
                .isNotEmpty()
                .allSatisfy(finding -> assertThat(finding.severity()).isEqualTo(Severity.NOTE));
    }

    @Test
    void aDamagedStartOffsetAndAStrangeFile() throws Exception {
        KnownLog log = new KnownLog(directory, CompressionType.NONE);
        Files.write(log.segments.resolve("start-offset"), new byte[32]);
        Files.writeString(log.segments.resolve("notes.txt"), "x");

        assertThat(log.verify())
                .extracting(finding -> finding.file().getFileName().toString(), Finding::severity)
                .containsExactlyInAnyOrder(tuple("start-offset", Severity.DAMAGE), tuple("notes.txt", Severity.NOTE));
    }

    @Test
    void anyPlaceOfTheTreeMayBeGiven() throws Exception {
        KnownLog log = new KnownLog(directory, CompressionType.SNAPPY);
        Place place = log.places().get(3);
        KnownLog.flip(place.file(), place.position() + 70);

        for (Path given : List.of(directory, log.root, log.segments, place.file())) {
            assertOne(KnownLog.verify(given), place, "CRC");
        }
        assertThatThrownBy(() -> KnownLog.verify(directory.resolve("index")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("holds no segments");
    }

    private static void assertOne(List<Finding> findings, Place place, String fault) {
        assertThat(findings).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Severity.DAMAGE);
            assertThat(finding.file()).isEqualTo(place.file());
            assertThat(finding.position()).isEqualTo(place.position());
            assertThat(finding.offset()).isEqualTo(place.header().baseOffset());
            assertThat(finding.fault()).contains(fault);
        });
    }

    private static void cut(Path file, long size) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }
    }
}
