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
 * ListOffsets answers what is true at some time between question and answer.
 *
 * <ul>
 *   <li><b>Latest</b> is at least what was known before the question: one above every record that was acknowledged by
 *       all or read, every high watermark, every earlier answer (KIP-207). And it is not above the log's end: what is
 *       sent with acks=all afterwards lies at it or behind, and so does the end of the log when all is over.
 *   <li><b>Earliest</b> is at least every earlier answer, and not above the log start when all is over; on a topic that
 *       is not trimmed it is 0.
 *   <li><b>By timestamp</b> is judged by the log as it was finally read, see {@link TimestampAnswers}.
 * </ul>
 *
 * <p>n log n; some numbers per partition and question under way, about 200 bytes per question by timestamp, and 16
 * bytes per record of one partition at a time.
 */
public final class ListedOffsets implements Checker {

    private final Findings findings = new Findings(promise());
    private final Map<TopicPartition, Long> knownEnds = new HashMap<>();
    private final Map<TopicPartition, Operation> earliest = new HashMap<>();
    private final Map<Long, Long> endsAtQuestion = new HashMap<>();
    private final Map<Long, Operation> earliestAtQuestion = new HashMap<>();
    private final AppendFloor floor = new AppendFloor();
    private final Map<TopicPartition, List<TimestampAnswers.Question>> byTimestamp = new HashMap<>();

    @Override
    public String promise() {
        return "ListOffsets answers right";
    }

    @Override
    public void invoked(Event.Invocation invocation) {
        switch (invocation.call()) {
            case Call.Send send when send.acks() == Call.Acks.ALL -> floor.invoked(invocation, send);
            case Call.ListOffsets question -> {
                endsAtQuestion.put(invocation.operation(), knownEnds.getOrDefault(question.partition(), 0L));
                Operation before = earliest.get(question.partition());
                if (before != null) {
                    earliestAtQuestion.put(invocation.operation(), before);
                }
            }
            default -> {}
        }
    }

    @Override
    public void completed(Operation operation) {
        switch (operation.call()) {
            case Call.Send send -> sent(operation, send);
            case Call.Poll poll
            when operation.result() instanceof Result.Ok(Answer.Polled polled) -> {
                Records records = polled.records();
                long read = records.size() == 0 ? 0 : records.offset(records.size() - 1) + 1;
                known(poll.partition(), Math.max(read, polled.highWatermark()));
            }
            case Call.ListOffsets question -> {
                long end = endsAtQuestion.remove(operation.invocation().operation());
                Operation before =
                        earliestAtQuestion.remove(operation.invocation().operation());
                if (operation.result() instanceof Result.Ok(Answer.FoundOffset found)) {
                    findings.checked();
                    answered(operation, question, found, end, before);
                }
            }
            default -> {}
        }
    }

    private void known(TopicPartition partition, long end) {
        knownEnds.merge(partition, end, Math::max);
    }

    private void sent(Operation operation, Call.Send send) {
        long offset = operation.result() instanceof Result.Ok(Answer.Sent(long at)) ? at : -1;
        if (send.acks() == Call.Acks.ALL && offset >= 0) {
            known(send.partition(), offset + 1);
        }
        floor.completed(operation, offset)
                .ifPresent(told -> broken(
                        "latest offset " + told.end() + " of " + send.partition()
                                + " was answered, then value " + send.value() + " was sent and stored below, at offset "
                                + offset,
                        Place.of(send.partition(), offset, send.value()),
                        told.by(),
                        operation));
    }

    private void answered(
            Operation operation, Call.ListOffsets question, Answer.FoundOffset found, long end, Operation before) {
        TopicPartition partition = question.partition();
        if (question.timestamp() == Call.ListOffsets.LATEST) {
            if (found.offset() < end) {
                broken(
                        "latest offset of " + partition + " was answered as " + found.offset()
                                + " though the log was known to reach to " + end,
                        Place.of(partition, end - 1),
                        operation);
            }
            known(partition, found.offset());
            floor.told(partition, found.offset(), operation);
        } else if (question.timestamp() == Call.ListOffsets.EARLIEST) {
            if (before != null && found.offset() < offset(before)) {
                broken(
                        "earliest offset of " + partition + " was answered as " + found.offset() + " after "
                                + offset(before),
                        Place.of(partition, found.offset()),
                        before,
                        operation);
            }
            earliest.merge(partition, operation, (old, now) -> offset(now) > offset(old) ? now : old);
        } else {
            byTimestamp
                    .computeIfAbsent(partition, p -> new ArrayList<>())
                    .add(new TimestampAnswers.Question(operation, question.timestamp(), found, end));
        }
    }

    private static long offset(Operation answered) {
        return ((Answer.FoundOffset) ((Result.Ok) answered.result()).answer()).offset();
    }

    private void broken(String what, Place place, Operation... proof) {
        List<Event> events = new ArrayList<>();
        for (Operation operation : proof) {
            events.addAll(operation.events());
        }
        findings.broken(what, place, events);
    }

    @Override
    public Judgement judge(LogRecords log) {
        floor.highest().forEach((partition, told) -> {
            for (FinalReading reading : log.partition(partition).finalReadings()) {
                if (reading.isToTheEnd() && told.end() > reading.next()) {
                    broken(
                            "latest offset of " + partition + " was answered as " + told.end()
                                    + ", the log ends below, says " + reading,
                            Place.of(partition, told.end()),
                            told.by());
                }
            }
        });
        earliest.forEach((partition, operation) -> judgeEarliest(log.partition(partition), operation));
        byTimestamp.forEach(
                (partition, questions) -> new TimestampAnswers(log.partition(partition)).judge(questions, findings));
        return findings.judgement();
    }

    private void judgeEarliest(PartitionRecords partition, Operation operation) {
        long offset = offset(operation);
        if (offset > 0 && !partition.isTrimmed()) {
            broken(
                    "earliest offset of " + partition.partition() + " was answered as " + offset
                            + " though the topic is not trimmed",
                    Place.of(partition.partition(), offset),
                    operation);
            return;
        }
        for (FinalReading reading : partition.finalReadings()) {
            if (offset > reading.start()) {
                broken(
                        "earliest offset of " + partition.partition() + " was answered as " + offset
                                + ", the log begins below, says " + reading,
                        Place.of(partition.partition(), offset),
                        operation);
            }
        }
    }
}
