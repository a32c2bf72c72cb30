package io.barnabas.chaos.rules.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class JournalTest {

    private static final TopicPartition ORDERS = new TopicPartition("orders-eu", 3);

    private static final List<Call> CALLS = List.of(
            new Call.Send(ORDERS, 4, 17, Long.MIN_VALUE, Call.Send.NO_KEY, Call.Acks.ALL, true),
            new Call.Poll(ORDERS, 12, Call.Reading.FINAL),
            new Call.Commit("billing", ORDERS, 8),
            new Call.Committed("billing", ORDERS),
            new Call.ListOffsets(ORDERS, Call.ListOffsets.EARLIEST),
            new Call.RegisterWrite("k1", Call.RegisterWrite.ABSENT),
            new Call.RegisterRead("k1"),
            new Call.CreateTopic("churn", 6),
            new Call.DeleteTopic("churn"),
            new Call.SetConfig("churn", "retention.ms", "60000"),
            new Call.SetConfig("churn", "retention.ms", null),
            new Call.Describe("churn"));

    private static final List<Result> RESULTS = List.of(
            new Result.Failed("NOT_LEADER_OR_FOLLOWER"),
            new Result.Unknown("after \"30 s\"\nno answer"),
            new Result.Ok(new Answer.Done()),
            new Result.Ok(new Answer.Sent(Answer.Sent.UNKNOWN_OFFSET)),
            new Result.Ok(new Answer.Polled(2, 14, 0, 14, records(12, 13))),
            new Result.Ok(new Answer.Polled(2, -1, -1, 12, Records.NONE)),
            new Result.Ok(new Answer.CommittedOffset(-1)),
            new Result.Ok(new Answer.FoundOffset(5, 1_700_000_000_000L)),
            new Result.Ok(new Answer.RegisterValue(99)),
            new Result.Ok(new Answer.TopicDescription(6, Map.of("retention.ms", "60000"))));

    @Test
    void everyKindOfEventReadsBackAsItWasWritten() throws IOException {
        List<Event> events = everyKind();

        StringWriter journal = new StringWriter();
        write(journal, events);

        assertThat(journal.toString().lines()).hasSize(events.size());
        assertThat(read(journal.toString())).containsExactlyElementsOf(events);
    }

    /** The names in a journal are a format: an old journal is read by later releases. */
    @Test
    void aLineStaysAsItWasReleased() throws IOException {
        String lines = """
                {"event":"invoke","t":5,"op":1,"client":2,"call":{"do":"send","p":"orders-eu-3","session":4,"seq":17,"v":99,"key":-1,"acks":"ALL","idem":true}}
                {"event":"complete","t":9,"op":1,"result":{"is":"ok","answer":{"got":"sent","o":7}}}
                """;

        StringWriter journal = new StringWriter();
        write(
                journal,
                List.of(
                        new Event.Invocation(5, 1, 2, new Call.Send(ORDERS, 4, 17, 99, -1, Call.Acks.ALL, true)),
                        new Event.Completion(9, 1, new Result.Ok(new Answer.Sent(7)))));

        assertThat(journal).hasToString(lines);
    }

    @Test
    void aLastLineCutAnywhereIsLeftOutAndTold() throws IOException {
        StringWriter journal = new StringWriter();
        write(journal, everyKind());
        String whole = journal.toString();
        int last = whole.lastIndexOf('\n', whole.length() - 2) + 1;

        for (int cut = last + 1; cut < whole.length() - 1; cut++) {
            JournalReader reader = new JournalReader(new StringReader(whole.substring(0, cut)));
            List<Event> read = new ArrayList<>();
            reader.forEachRemaining(read::add);
            assertThat(read).as("cut at %d", cut).hasSize(everyKind().size() - 1);
            assertThat(reader.torn()).as("cut at %d", cut).isTrue();
        }
        JournalReader uncut = new JournalReader(new StringReader(whole.substring(0, whole.length() - 1)));
        List<Event> read = new ArrayList<>();
        uncut.forEachRemaining(read::add);
        assertThat(read).isEqualTo(everyKind());
        assertThat(uncut.torn()).isFalse();
    }

    @Test
    void aBrokenLineBeforeTheLastIsAnErrorThatNamesIt() {
        String journal = """
                {"event":"healed","t":1,"fault":1}
                {"event":"healed","t":
                {"event":"healed","t":3,"fault":3}
                """;

        assertThatThrownBy(() -> read(journal))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("line 2 of the journal");
    }

    @Test
    void fieldsThatAreMissingAreNotTakenAsZero() {
        String journal = """
                {"event":"healed","t":1}
                {"event":"healed","t":3,"fault":3}
                """;

        assertThatThrownBy(() -> read(journal))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("fault");
    }

    @Test
    void aHistoryInAJournalIsGoneThroughAgain() throws IOException {
        StringWriter journal = new StringWriter();
        write(journal, everyKind());
        History history = new JournalHistory(() -> new StringReader(journal.toString()));

        assertThat(history).containsExactlyElementsOf(everyKind());
        assertThat(history).containsExactlyElementsOf(everyKind());
    }

    static Records records(long... offsets) {
        long[] values = new long[offsets.length];
        long[] timestamps = new long[offsets.length];
        for (int i = 0; i < offsets.length; i++) {
            values[i] = -1000 - offsets[i];
            timestamps[i] = 1_700_000_000_000L + offsets[i];
        }
        return new Records(offsets, values, timestamps);
    }

    private static List<Event> everyKind() {
        List<Event> events = new ArrayList<>();
        events.add(new Event.RunStarted(-7, "kill-leader", -1L, 3, 1_700_000_000_000L));
        events.add(new Event.TopicDeclared(0, "orders-eu", true, false));
        for (Call call : CALLS) {
            events.add(new Event.Invocation(events.size(), events.size(), 1, call));
        }
        for (Result result : RESULTS) {
            events.add(new Event.Completion(events.size(), events.size(), result));
        }
        events.add(new Event.TurnBegin(events.size(), "kill-each"));
        events.add(new Event.FaultBegin(events.size(), 1, "kill", List.of("node-2", "node-3")));
        events.add(new Event.FaultEnd(events.size(), 1));
        return events;
    }

    private static void write(StringWriter journal, List<Event> events) throws IOException {
        try (JournalWriter writer = new JournalWriter(journal)) {
            for (Event event : events) {
                writer.write(event);
            }
        }
    }

    private static List<Event> read(String journal) {
        List<Event> events = new ArrayList<>();
        new JournalReader(new StringReader(journal)).forEachRemaining(events::add);
        return events;
    }
}
