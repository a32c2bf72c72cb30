package io.barnabas.chaos.rules.check;

import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Event;
import io.barnabas.chaos.rules.history.RecordedHistory;
import io.barnabas.chaos.rules.history.Records;
import io.barnabas.chaos.rules.history.Result;
import java.util.List;
import org.apache.kafka.common.TopicPartition;

/** A history written by hand: each event comes 1 ms after the one before. */
final class Script {

    static final TopicPartition P = new TopicPartition("orders", 0);
    static final long MS = 1_000_000;

    /** Who reads when all is over. */
    static final int LAST_READER = 90;

    private final RecordedHistory history = new RecordedHistory();
    private long timeNs;
    private long operations;
    private long sequence;

    RecordedHistory history() {
        return history;
    }

    Script passTime(long ms) {
        timeNs += ms * MS;
        return this;
    }

    Script topic(boolean compacted, boolean trimmed) {
        history.add(new Event.TopicDeclared(tick(), P.topic(), compacted, trimmed));
        return this;
    }

    long begin(int client, Call call) {
        history.add(new Event.Invocation(tick(), ++operations, client, call));
        return operations;
    }

    Script end(long operation, Result result) {
        history.add(new Event.Completion(tick(), operation, result));
        return this;
    }

    Script ok(long operation, Answer answer) {
        return end(operation, new Result.Ok(answer));
    }

    Script call(int client, Call call, Answer answer) {
        return ok(begin(client, call), answer);
    }

    /** A send of session 1 with the next sequence. */
    Call.Send send(long value, long key, Call.Acks acks) {
        return new Call.Send(P, 1, ++sequence, value, key, acks, acks == Call.Acks.ALL);
    }

    /** Sends with acks=all and is acknowledged. */
    Script acked(long value, long offset) {
        return call(1, send(value, Call.Send.NO_KEY, Call.Acks.ALL), new Answer.Sent(offset));
    }

    Script keyed(long value, long key, long offset) {
        return call(1, send(value, key, Call.Acks.ALL), new Answer.Sent(offset));
    }

    Script leaderAcked(long value, long offset) {
        return call(1, send(value, Call.Send.NO_KEY, Call.Acks.LEADER), new Answer.Sent(offset));
    }

    Script failed(long value) {
        return end(begin(1, send(value, Call.Send.NO_KEY, Call.Acks.ALL)), new Result.Failed("INVALID_RECORD"));
    }

    Script timedOut(long value) {
        return end(begin(1, send(value, Call.Send.NO_KEY, Call.Acks.ALL)), new Result.Unknown("TIMEOUT"));
    }

    /** Reads with the high watermark and log start given; values at offsets as pairs. */
    Script polled(
            int client, Call.Reading reading, long position, long next, long highWatermark, long start, long... pairs) {
        return call(
                client,
                new Call.Poll(P, position, reading),
                new Answer.Polled(1, highWatermark, start, next, records(pairs)));
    }

    /** A client that begins somewhere and goes to the end of these records, which begin at that offset. */
    Script read(int client, long position, long... pairs) {
        long next = pairs.length == 0 ? position : pairs[pairs.length - 2] + 1;
        return polled(client, Call.Reading.SOUGHT, position, next, next, 0, pairs);
    }

    /** Goes on where the client was. */
    Script follow(int client, long position, long... pairs) {
        long next = pairs.length == 0 ? position : pairs[pairs.length - 2] + 1;
        return polled(client, Call.Reading.FOLLOWING, position, next, next, 0, pairs);
    }

    /** The last reading of the whole log, which ends behind the last of these. */
    Script lastRead(long... pairs) {
        long next = pairs.length == 0 ? 0 : pairs[pairs.length - 2] + 1;
        return lastReadTo(next, 0, pairs);
    }

    Script lastReadTo(long end, long start, long... pairs) {
        return polled(LAST_READER, Call.Reading.FINAL, start, end, end, start, pairs);
    }

    Script fault(long number) {
        history.add(new Event.FaultBegin(tick(), number, "kill", List.of("node-1")));
        return this;
    }

    Script healed(long number) {
        history.add(new Event.FaultEnd(tick(), number));
        return this;
    }

    Script listed(long timestamp, long offset) {
        return call(5, new Call.ListOffsets(P, timestamp), new Answer.FoundOffset(offset, -1));
    }

    Report examine(Checker... checkers) {
        return Examination.of(history, List.of(checkers), new Unavailability(100 * MS));
    }

    /** What this checker says of the history. */
    Judgement judge(Checker checker) {
        return examine(checker).judgements().getFirst();
    }

    /** A record's timestamp is its offset, unless a test says otherwise. */
    static Records records(long... pairs) {
        long[] offsets = new long[pairs.length / 2];
        long[] values = new long[pairs.length / 2];
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = pairs[2 * i];
            values[i] = pairs[2 * i + 1];
        }
        return new Records(offsets, values, offsets.clone());
    }

    private long tick() {
        timeNs += MS;
        return timeNs;
    }
}
