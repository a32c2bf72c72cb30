package io.barnabas.chaos.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.chaos.rules.Promises;
import io.barnabas.chaos.rules.check.Examination;
import io.barnabas.chaos.rules.check.Report;
import io.barnabas.chaos.rules.check.Unavailability;
import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.History;
import io.barnabas.chaos.rules.history.Records;
import io.barnabas.chaos.rules.history.Result;
import io.barnabas.chaos.rules.timeline.Overview;
import io.barnabas.chaos.run.Journal;
import io.barnabas.chaos.run.Recorder;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

/** The page of a small run: twelve seconds, 100 records, a node killed from second 4 to 6 that makes the log silent. */
class ReportPageTest {

    private static final TopicPartition PARTITION = new TopicPartition("chaos", 0);
    private static final int RECORDS = 100;
    private static final int KILLED_AT = 40;
    private static final long MS = 1_000_000;

    @TempDir
    Path directory;

    private final AtomicLong clock = new AtomicLong(5_000 * MS);

    @Test
    void aRunThatPassedSaysSoFirst() throws Exception {
        Path file = run(RECORDS);
        String page = page(Journal.of(file));
        assertThat(page.indexOf("Passed")).isPositive().isLessThan(page.indexOf("<svg"));
        assertThat(page)
                .contains("<title>Chaos run: kill &lt;one&gt; node</title>", "<td>seed</td><td>77</td>")
                .contains("<td>nothing acknowledged by all is lost</td><td>kept</td><td class=\"n\">100</td>")
                .contains("<td>metadata is as it was last changed</td><td>not tried</td>")
                .contains("<td>kill</td><td>node 2</td><td class=\"n\">4.00</td><td class=\"n\">6.00</td>")
                .contains("<td>all partitions</td><td class=\"n\">1</td><td class=\"n\">1,910</td>")
                .contains("<td>chaos-0</td><td class=\"n\">1</td>")
                .contains("<td>kill-each</td><td class=\"n\">1</td><td class=\"n\">61; 1: 1910, 1910</td>")
                .contains("--scenario 'kill &lt;one&gt; node' --duration 12s --seed 77")
                .doesNotContain("What is wrong");
    }

    @Test
    void thePlotsShowTheFaultAndTheSilence() throws Exception {
        String page = page(Journal.of(run(RECORDS)));
        List<String> plots = LongStream.range(0, page.split("<svg", -1).length - 1)
                .mapToObj(i -> "<svg" + page.split("<svg", -1)[(int) i + 1].split("</svg>", -1)[0] + "</svg>")
                .toList();
        assertThat(plots).hasSize(4);
        for (String plot : plots) {
            Document parsed = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new InputSource(new StringReader(plot)));
            assertThat(parsed.getDocumentElement().getTagName()).isEqualTo("svg");
        }
        // The axis goes from 70 to 740 over the twelve seconds, the fault from a third to a half of it.
        String band = "<rect class=\"band\" x=\"295.1\" y=\"40\" width=\"112.";
        assertThat(plots.get(0)).contains("aria-label=\"Faults\"", ">kill node 2</text>");
        assertThat(plots.get(1)).contains("aria-label=\"Acknowledged writes\"", band, ">kill node 2</text>");
        assertThat(plots.get(2)).contains("aria-label=\"Time to acknowledge\"", band);
        assertThat(plots.get(3))
                .contains("aria-label=\"Unavailable partitions\"", ">chaos-0</text>")
                .contains("<title>unavailable, 4.095 to 6.005 s</title>");
    }

    @Test
    void aRunThatLostARecordShowsTheProof() throws Exception {
        String page = page(Journal.of(run(RECORDS - 1)));
        assertThat(page.indexOf("Failed")).isPositive().isLessThan(page.indexOf("What is wrong"));
        assertThat(page.indexOf("What is wrong")).isLessThan(page.indexOf("<svg"));
        assertThat(page)
                .contains("Broken: nothing acknowledged by all is lost", "chaos-0 lost value 1099")
                .contains("client 1 sends value 1099 to chaos-0 (session 1, sequence 99, acks all)")
                .contains("is acknowledged at offset 99");
    }

    @Test
    void aPageIsWrittenWithTheCommandThatWasGiven() throws Exception {
        History history = Journal.of(run(RECORDS));
        Path file = directory.resolve("report.html");
        ReportPage.write(history, examine(history), "./barnabas chaos run --seed 77 --nodes 3", file);
        assertThat(Files.readString(file))
                .startsWith("<!doctype html>")
                .contains("<pre>./barnabas chaos run --seed 77 --nodes 3</pre>");
    }

    private static String page(History history) {
        return ReportPage.of(history, examine(history), ReportPage.command(Overview.of(history)));
    }

    private static Report examine(History history) {
        return Examination.of(
                history,
                Promises.all(Duration.ofSeconds(1).toNanos(), 1_000),
                new Unavailability(Duration.ofMillis(500).toNanos()));
    }

    /**
     * Sends a record each 100 ms, answered after 5 ms; the 41st waits for almost two seconds.
     *
     * @param read how many of them are there in the end
     */
    private Path run(int read) throws Exception {
        Path file = directory.resolve("run-" + read + ".jsonl");
        try (Journal journal = new Journal(file)) {
            Recorder recorder = new Recorder(clock::get, journal);
            recorder.started("kill <one> node", 77, 3, 1_700_000_000_000L);
            int client = recorder.newClient();
            for (int i = 0; i < RECORDS; i++) {
                if (i == KILLED_AT) {
                    recorder.turnBegins("kill-each");
                }
                long fault = i == KILLED_AT ? recorder.faultBegins("kill", List.of("node 2")) : 0;
                clock.addAndGet(95 * MS);
                long operation = recorder.invoked(
                        client, new Call.Send(PARTITION, client, i, 1_000 + i, -1, Call.Acks.ALL, true));
                if (i == KILLED_AT) {
                    clock.addAndGet(1_905 * MS);
                    recorder.faultEnds(fault);
                }
                clock.addAndGet(5 * MS);
                recorder.completed(operation, new Result.Ok(new Answer.Sent(i)));
            }
            readBack(recorder, read);
        }
        return file;
    }

    private static void readBack(Recorder recorder, int read) {
        long operation = recorder.invoked(recorder.newClient(), new Call.Poll(PARTITION, 0, Call.Reading.FINAL));
        long[] offsets = LongStream.range(0, read).toArray();
        long[] values = LongStream.range(1_000, 1_000 + read).toArray();
        recorder.completed(
                operation,
                new Result.Ok(new Answer.Polled(1, read, 0, read, new Records(offsets, values, new long[read]))));
    }
}
