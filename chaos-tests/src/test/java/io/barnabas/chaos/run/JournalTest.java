package io.barnabas.chaos.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Event;
import io.barnabas.chaos.rules.history.History;
import io.barnabas.chaos.rules.history.Result;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A recorder keeps the same history in a journal as in memory. */
class JournalTest {

    @TempDir
    Path directory;

    @Test
    void theJournalTellsWhatMemoryTells() throws Exception {
        Path file = directory.resolve("run.jsonl");
        Recorder inMemory = new Recorder(new AtomicLong()::incrementAndGet);
        record(inMemory);
        try (Journal journal = new Journal(file)) {
            Recorder recorder = new Recorder(new AtomicLong()::incrementAndGet, journal);
            record(recorder);
            assertThat(recorder.history())
                    .containsExactlyElementsOf(inMemory.history())
                    .hasSize(6);
            recorder.faultBegins("freeze", List.of("node 2"));
            assertThat(recorder.history()).hasSize(7);
        }
        History read = Journal.of(file);
        assertThat(read).startsWith(first(inMemory)).hasSize(7);
    }

    @Test
    void aJournalIsNotWrittenOverAnother() throws Exception {
        Path file = directory.resolve("run.jsonl");
        new Journal(file).close();
        assertThatThrownBy(() -> new Journal(file)).isInstanceOf(FileAlreadyExistsException.class);
    }

    private static Event first(Recorder recorder) {
        return recorder.history().iterator().next();
    }

    private static void record(Recorder recorder) {
        recorder.started("two nodes", 7, 3, 1_000);
        recorder.declared("registers", true, false);
        int client = recorder.newClient();
        TopicPartition partition = new TopicPartition("registers", 1);
        long operation =
                recorder.invoked(client, new Call.Send(partition, client, 0, 1L << 40, 3, Call.Acks.ALL, true));
        long fault = recorder.faultBegins("kill", List.of("node 1"));
        recorder.completed(operation, new Result.Ok(new Answer.Sent(0)));
        recorder.faultEnds(fault);
    }
}
