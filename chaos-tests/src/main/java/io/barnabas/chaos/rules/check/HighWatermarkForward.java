package io.barnabas.chaos.rules.check;

import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Event;
import io.barnabas.chaos.rules.history.Operation;
import io.barnabas.chaos.rules.history.Records;
import io.barnabas.chaos.rules.history.Result;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * The high watermark that a reader sees never moves back, nor does the log start; every record it gets lies below the
 * high watermark of the same answer; and the high watermark is never above the log's end: whatever is sent with
 * acks=all after it was seen lies at or behind it, and so does the end of the log when all is over.
 *
 * <p>A follower may be behind its leader: let each client read from one kind of replica. Linear; one operation per
 * reader and partition and per send under way.
 */
public final class HighWatermarkForward implements Checker {

    private record Reader(int client, TopicPartition partition) {}

    private final Findings findings = new Findings(promise());
    private final Map<Reader, Operation> watermarks = new HashMap<>();
    private final Map<Reader, Operation> logStarts = new HashMap<>();
    private final AppendFloor floor = new AppendFloor();

    @Override
    public String promise() {
        return "the high watermark never moves back";
    }

    @Override
    public void invoked(Event.Invocation invocation) {
        if (invocation.call() instanceof Call.Send send && send.acks() == Call.Acks.ALL) {
            floor.invoked(invocation, send);
        }
    }

    @Override
    public void completed(Operation operation) {
        switch (operation.call()) {
            case Call.Send send -> sent(operation, send);
            case Call.Poll poll
            when operation.result() instanceof Result.Ok(Answer.Polled polled) -> polled(operation, poll, polled);
            default -> {}
        }
    }

    private void sent(Operation operation, Call.Send send) {
        long offset = operation.result() instanceof Result.Ok(Answer.Sent(long at)) ? at : -1;
        floor.completed(operation, offset).ifPresent(told -> {
            List<Event> proof = new ArrayList<>(narrowed(told.by()).events());
            proof.addAll(operation.events());
            findings.broken(
                    "client " + told.by().client() + " saw high watermark " + told.end() + " of " + send.partition()
                            + ", then value " + send.value() + " was sent and stored below, at offset " + offset,
                    Place.of(send.partition(), offset, send.value()),
                    proof);
        });
    }

    private void polled(Operation operation, Call.Poll poll, Answer.Polled polled) {
        Reader reader = new Reader(operation.client(), poll.partition());
        Records records = polled.records();
        if (polled.highWatermark() >= 0) {
            findings.checked();
            back(watermarks.put(reader, narrowed(operation)), operation, "high watermark", p -> p.highWatermark());
            floor.told(poll.partition(), polled.highWatermark(), narrowed(operation));
            if (records.size() > 0 && records.offset(records.size() - 1) >= polled.highWatermark()) {
                long offset = records.offset(records.size() - 1);
                findings.broken(
                        "client " + operation.client() + " got offset " + offset + " of " + poll.partition()
                                + ", which is not below the high watermark " + polled.highWatermark()
                                + " of the same answer",
                        Place.of(poll.partition(), offset),
                        narrowed(operation).events());
            }
        }
        if (polled.logStart() >= 0) {
            back(logStarts.put(reader, narrowed(operation)), operation, "log start", p -> p.logStart());
        }
    }

    @FunctionalInterface
    private interface Mark {
        long of(Answer.Polled polled);
    }

    private void back(Operation before, Operation now, String name, Mark mark) {
        if (before == null || mark.of(polled(before)) <= mark.of(polled(now))) {
            return;
        }
        TopicPartition partition = ((Call.Poll) now.call()).partition();
        List<Event> proof = new ArrayList<>(before.events());
        proof.addAll(narrowed(now).events());
        findings.broken(
                "client " + now.client() + " saw the " + name + " of " + partition + " move back from "
                        + mark.of(polled(before)) + " (node " + polled(before).node() + ") to "
                        + mark.of(polled(now)) + " (node " + polled(now).node() + ")",
                Place.of(partition, mark.of(polled(now))),
                proof);
    }

    private static Answer.Polled polled(Operation operation) {
        return (Answer.Polled) ((Result.Ok) operation.result()).answer();
    }

    /** The same poll without its records but the last, so that keeping it costs little. */
    private static Operation narrowed(Operation operation) {
        Answer.Polled polled = polled(operation);
        int size = polled.records().size();
        Records last = size == 0 ? Records.NONE : polled.records().slice(size - 1, size);
        Answer.Polled small = new Answer.Polled(
                polled.node(), polled.highWatermark(), polled.logStart(), polled.nextPosition(), last);
        return new Operation(
                operation.invocation(),
                new Event.Completion(
                        operation.completion().timeNs(), operation.completion().operation(), new Result.Ok(small)));
    }

    @Override
    public Judgement judge(LogRecords log) {
        floor.highest().forEach((partition, told) -> {
            for (FinalReading reading : log.partition(partition).finalReadings()) {
                if (reading.isToTheEnd() && told.end() > reading.next()) {
                    findings.broken(
                            "client " + told.by().client() + " saw high watermark " + told.end() + " of " + partition
                                    + ", the log ends below, says " + reading,
                            Place.of(partition, told.end()),
                            told.by().events());
                }
            }
        });
        return findings.judgement();
    }
}
