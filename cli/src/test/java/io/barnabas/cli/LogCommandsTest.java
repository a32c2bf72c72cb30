package io.barnabas.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands that look at a log's files. */
class LogCommandsTest {

    private static final String GROUP = "11111111-2222-3333-4444-555555555555";

    @TempDir
    Path data;

    private Path segment;

    @BeforeEach
    void aLog() throws IOException {
        Path root = Files.createDirectories(data.resolve("partitions").resolve(GROUP));
        Files.writeString(root.resolve("partition.properties"), "topic=orders\npartition=3\n");
        segment = Files.createDirectories(root.resolve("log")).resolve("00000000000000000000.log");
        ByteBuffer first = batch(0, new SimpleRecord(1_000, bytes("a"), bytes("one two")));
        ByteBuffer second = batch(1, new SimpleRecord(2_000, null, new byte[] {0, (byte) 0xFF}));
        ByteBuffer third = batch(2, new SimpleRecord(3_000, bytes("c"), bytes("three")));
        Files.write(
                segment,
                ByteBuffer.allocate(first.remaining() + second.remaining() + third.remaining())
                        .put(first)
                        .put(second)
                        .put(third)
                        .array());
    }

    private static ByteBuffer batch(long offset, SimpleRecord record) {
        return MemoryRecords.withRecords(
                        (byte) 2,
                        offset,
                        Compression.NONE,
                        TimestampType.CREATE_TIME,
                        -1,
                        (short) -1,
                        -1,
                        4,
                        false,
                        record)
                .buffer();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void flip(Path file, int position) throws IOException {
        byte[] content = Files.readAllBytes(file);
        content[position] ^= 0x20;
        Files.write(file, content);
    }

    @Test
    void aGoodLogIsVerified() {
        for (Path given : new Path[] {data, segment.getParent().getParent(), segment.getParent(), segment}) {
            Run run = Run.of("log", "verify", given.toString());

            assertThat(run.exit()).as(run.out() + run.err()).isZero();
            assertThat(run.out())
                    .startsWith("1 partitions, 1 segments, 3 batches, ")
                    .contains("no damage");
        }
    }

    @Test
    void aDamagedLogIsToldAndExitsWithOne() throws IOException {
        flip(segment, 65);

        Run run = Run.of("log", "verify", data.toString());

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err()).isEmpty();
        assertThat(run.out().lines())
                .containsExactly(
                        "damage: " + segment + " byte 0 offset 0: the CRC of the batch at offset 0 is wrong",
                        "1 partitions, 1 segments, 3 batches, " + Files.size(segment)
                                + " bytes, index entries of 0 partitions: 1 damaged places");
    }

    @Test
    void batchesAreDumped() {
        Run run = Run.of("log", "dump", data.toString());

        assertThat(run.exit()).isZero();
        assertThat(run.out().lines())
                .anySatisfy(line -> assertThat(line)
                        .startsWith("partition ")
                        .contains(" topic=orders partition=3 group=" + GROUP + " in_use=false start_offset=0"))
                .anySatisfy(line ->
                        assertThat(line).startsWith("segment file=00000000000000000000.log base_offset=0 bytes="))
                .contains("epoch source=log epoch=4 offset=0")
                .anySatisfy(line -> assertThat(line)
                        .startsWith("batch offset=2 last_offset=2 position=")
                        .contains(" records=1 epoch=4 codec=none timestamp_type=CreateTime", " crc_fits=true"))
                .noneMatch(line -> line.startsWith("record"));
    }

    @Test
    void recordsAreDumpedBetweenOffsets() {
        assertThat(Run.of("log", "dump", segment.toString(), "--deep", "--to", "2")
                        .out()
                        .lines()
                        .filter(line -> line.startsWith("record")))
                .containsExactly(
                        "record offset=0 timestamp=1000 sequence=-1 key=a value=\"one two\" headers={}",
                        "record offset=1 timestamp=2000 sequence=-1 key=null value=0x00ff headers={}");
        assertThat(Run.of("log", "dump", segment.toString(), "--deep", "--json", "--from", "2")
                        .out()
                        .lines()
                        .filter(line -> line.contains("\"kind\":\"record\"")))
                .containsExactly("{\"kind\":\"record\",\"offset\":2,\"timestamp\":3000,\"sequence\":-1,\"key\":\"c\","
                        + "\"value\":\"three\",\"headers\":{}}");
    }

    @Test
    void whatIsDamagedIsDumpedToo() throws IOException {
        flip(segment, 16);

        assertThat(Run.of("log", "dump", segment.toString()).out().lines())
                .anySatisfy(line ->
                        assertThat(line).startsWith("damaged position=0").contains("format 34"))
                .filteredOn(line -> line.startsWith("batch"))
                .hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dump", "verify"})
    void aWrongPathIsOneLine(String command) throws IOException {
        Path empty = Files.createDirectory(data.resolve("empty"));

        Run none = Run.of("log", command, empty.toString());
        assertThat(none.exit()).isEqualTo(1);
        assertThat(none.err()).contains("holds no segments").hasLineCount(1);
        Run missing = Run.of("log", command, data.resolve("nowhere").toString());
        assertThat(missing.exit()).isEqualTo(1);
        assertThat(missing.err()).contains("there is no file").hasLineCount(1);
        assertThat(Run.of("log", command).exit()).isEqualTo(2);
    }

    @Test
    void offsetsThatCannotBeAreRefused() {
        assertThat(Run.of("log", "dump", data.toString(), "--from", "5", "--to", "4")
                        .exit())
                .isEqualTo(2);
    }

    @Test
    void nothingIsWritten() throws IOException {
        Run.of("log", "dump", data.toString(), "--deep");
        Run.of("log", "verify", data.toString());

        try (Stream<Path> files = Files.walk(data)) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("partition.properties", "00000000000000000000.log");
        }
    }
}
