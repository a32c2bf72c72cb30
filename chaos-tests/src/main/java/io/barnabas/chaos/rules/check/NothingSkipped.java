package io.barnabas.chaos.rules.check;

import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Operation;
import io.barnabas.chaos.rules.history.Records;
import io.barnabas.chaos.rules.history.Result;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * A reader gets the records of a partition in rising offsets and none is left out. A reader that follows begins each
 * poll where the one before ended; within a poll offsets rise, and none lies below the position asked for.
 *
 * <p>An offset between two records, or between the last record and the next position, may be passed over if
 *
 * <ul>
 *   <li>it lies below the log start that the same answer told, or
 *   <li>nobody ever read a record there and none was acknowledged there: it is a control record, was compacted away
 *       before, or belongs to a batch that failed; or
 *   <li>the topic is compacted and a later record of the same key is known; or
 *   <li>the one that was acknowledged there with acks=1 or 0 was never read by anyone: it may have been lost with its
 *       leader, which {@link LeaderAcksKept} judges.
 * </ul>
 *
 * <p>Linear in the records, and in the known ones that were passed over; 40 bytes per gap, and a position per reader
 * and partition.
 */
public final class NothingSkipped implements Checker {

    /** Offsets [from, to) that a client passed over. */
    private record Gap(int client, TopicPartition partition, long from, long to) {}

    private record Reader(int client, TopicPartition partition) {}

    private final Findings findings = new Findings(promise());
    private final Map<Reader, Long> positions = new HashMap<>();
    private final List<Gap> gaps = new ArrayList<>();

    @Override
    public String promise() {
        return "a reader moves forward and skips nothing";
    }

    @Override
    public void completed(Operation operation) {
        if (operation.call() instanceof Call.Poll poll
                && operation.result() instanceof Result.Ok(Answer.Polled polled)) {
            polled(operation, poll, polled);
        }
    }

    private void polled(Operation operation, Call.Poll poll, Answer.Polled polled) {
        Reader reader = new Reader(operation.client(), poll.partition());
        Long last = positions.get(reader);
        long expected = last == null || poll.reading() == Call.Reading.SOUGHT ? poll.position() : last;
        if (poll.position() < expected) {
            broken(operation, "went back from " + expected + " to " + poll.position() + " on its own", expected);
            expected = poll.position();
        }
        Records records = polled.records();
        for (int i = 0; i < records.size(); i++) {
            long offset = records.offset(i);
            findings.checked();
            if (offset < expected) {
                broken(operation, "got offset " + offset + " where it was at " + expected, offset);
            } else {
                passed(reader, Math.max(expected, polled.logStart()), offset);
                expected = offset + 1;
            }
        }
        if (polled.nextPosition() < expected) {
            broken(operation, "was put to " + polled.nextPosition() + " after reading up to " + expected, expected);
        }
        passed(reader, Math.max(expected, polled.logStart()), polled.nextPosition());
        positions.put(reader, polled.nextPosition());
    }

    private void broken(Operation operation, String what, long offset) {
        TopicPartition partition = ((Call.Poll) operation.call()).partition();
        findings.broken(
                "client " + operation.client() + " " + what + " in " + partition,
                Place.of(partition, offset),
                operation.events());
    }

    private void passed(Reader reader, long from, long to) {
        if (from < to) {
            gaps.add(new Gap(reader.client(), reader.partition(), from, to));
        }
    }

    @Override
    public Judgement judge(LogRecords log) {
        for (Gap gap : gaps) {
            PartitionRecords partition = log.partition(gap.partition());
            partition.forEachKnown(gap.from(), gap.to(), (offset, entry) -> {
                if (!mayBePassed(log.sent(), partition, offset, entry)) {
                    findings.broken(
                            "client " + gap.client() + " passed over offset " + offset + " of " + gap.partition()
                                    + ", which holds value " + partition.valueAt(offset) + ", from " + gap.from()
                                    + " to " + gap.to(),
                            Place.of(gap.partition(), offset, partition.valueAt(offset)));
                }
            });
        }
        return findings.judgement();
    }

    private static boolean mayBePassed(SentRecords sent, PartitionRecords partition, long offset, int entry) {
        if (entry < 0) {
            return false;
        }
        boolean onlyAcknowledged = partition.read().get(offset) == 0;
        return partition.isSuperseded(offset, entry - 1) || onlyAcknowledged && sent.acks(entry - 1) != Call.Acks.ALL;
    }
}
