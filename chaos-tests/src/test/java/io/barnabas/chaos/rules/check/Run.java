package io.barnabas.chaos.rules.check;

import static io.barnabas.chaos.rules.check.ModelRun.FIRST_FINAL;
import static io.barnabas.chaos.rules.check.ModelRun.PLAIN;

import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Event;
import io.barnabas.chaos.rules.history.Records;
import io.barnabas.chaos.rules.history.Result;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.LongUnaryOperator;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;

/** The events of a run of the model, to be changed. */
final class Run {

    /** A record that was acknowledged. */
    record Record(TopicPartition partition, long value, long offset, long operation) {}

    /** Two acknowledged records of one session: the first was sent first and lies first. */
    record Pair(Record first, Record second) {}

    /** A poll that was answered. */
    record Poll(int client, Call.Poll call, int invokedAt, int completedAt, long operation, Answer.Polled polled) {

        boolean isOf(TopicPartition partition) {
            return call.partition().equals(partition);
        }

        /** Which of its records this is, -1 for none. */
        int indexOf(Record record) {
            return IntStream.range(0, polled.records().size())
                    .filter(i -> polled.records().value(i) == record.value())
                    .findFirst()
                    .orElse(-1);
        }
    }

    private final List<Event> events;
    private final SplittableRandom random;
    private final Map<Long, Integer> invokedAt = new HashMap<>();
    private final Map<Long, Integer> completedAt = new HashMap<>();

    Run(List<Event> events, SplittableRandom random) {
        this.events = events;
        this.random = random;
        for (int at = 0; at < events.size(); at++) {
            if (events.get(at) instanceof Event.Invocation invocation) {
                invokedAt.put(invocation.operation(), at);
            } else if (events.get(at) instanceof Event.Completion completion) {
                completedAt.put(completion.operation(), at);
            }
        }
    }

    List<Event> events() {
        return events;
    }

    <T> Optional<T> any(List<T> of) {
        return of.isEmpty() ? Optional.empty() : Optional.of(of.get(random.nextInt(of.size())));
    }

    /** Operations that succeeded, by their invocation. */
    List<Long> answered(Predicate<Call> kind) {
        return invokedAt.keySet().stream()
                .filter(operation -> kind.test(call(operation)) && answer(operation) != null)
                .sorted()
                .toList();
    }

    List<Record> acknowledged(TopicPartition partition) {
        return answered(call ->
                        call instanceof Call.Send send && send.partition().equals(partition))
                .stream()
                .map(operation -> new Record(
                        partition,
                        ((Call.Send) call(operation)).value(),
                        ((Answer.Sent) answer(operation)).offset(),
                        operation))
                .toList();
    }

    /** Those of one partition, of the last readings or of all before. */
    List<Poll> polls(TopicPartition partition, boolean isFinal) {
        return polls().stream()
                .filter(poll -> poll.isOf(partition) && poll.client() >= FIRST_FINAL == isFinal)
                .toList();
    }

    private List<Poll> polls() {
        return answered(call -> call instanceof Call.Poll).stream()
                .map(operation -> new Poll(
                        ((Event.Invocation) events.get(invokedAt.get(operation))).client(),
                        (Call.Poll) call(operation),
                        invokedAt.get(operation),
                        completedAt.get(operation),
                        operation,
                        (Answer.Polled) answer(operation)))
                .toList();
    }

    /** Sends of unknown result, whose value somebody read. */
    List<Long> unknownButRead() {
        List<Poll> polls = polls();
        return completedAt.keySet().stream()
                .filter(operation -> call(operation) instanceof Call.Send send
                        && ((Event.Completion) events.get(completedAt.get(operation))).result()
                                instanceof Result.Unknown
                        && polls.stream().anyMatch(poll -> poll.indexOf(new Record(null, send.value(), 0, 0)) >= 0))
                .sorted()
                .toList();
    }

    /** Polls that follow another and begin behind the log start that this one saw. */
    List<Poll> following() {
        List<Poll> polls = polls();
        return polls.stream()
                .filter(poll -> poll.call().reading() == Call.Reading.FOLLOWING
                        && poll.call().position() > 0
                        && polls.stream()
                                .anyMatch(before -> before.client() == poll.client()
                                        && before.isOf(poll.call().partition())
                                        && before.completedAt() < poll.invokedAt()))
                .toList();
    }

    /** The last poll of a reader and partition, when the one before it saw a high watermark above 0. */
    List<Poll> lastPollsThatSawMore() {
        Map<String, List<Poll>> byReader = new HashMap<>();
        polls().stream()
                .filter(poll -> poll.client() < FIRST_FINAL)
                .forEach(poll -> byReader.computeIfAbsent(
                                poll.client() + " " + poll.call().partition(), r -> new ArrayList<>())
                        .add(poll));
        return byReader.values().stream()
                .filter(polls ->
                        polls.size() > 1 && polls.get(polls.size() - 2).polled().highWatermark() > 0)
                .map(List::getLast)
                .toList();
    }

    /**
     * Reads of the committed offset that began after another of an offset had ended, with no commit open in between.
     */
    List<Long> repeatedCommittedReads() {
        List<Long> reads = answered(call -> call instanceof Call.Committed);
        return reads.stream()
                .filter(read -> reads.stream()
                        .anyMatch(before -> completedAt.get(before) < invokedAt.get(read)
                                && ((Answer.CommittedOffset) answer(before)).offset() >= 0))
                .toList();
    }

    /** Reads of a register that began after a value had been read from it. */
    List<Long> registersReadAgain() {
        List<Long> reads = answered(call -> call instanceof Call.RegisterRead);
        return reads.stream()
                .filter(read -> reads.stream()
                        .anyMatch(before -> completedAt.get(before) < invokedAt.get(read)
                                && call(before).equals(call(read))
                                && ((Answer.RegisterValue) answer(before)).value() != Call.RegisterWrite.ABSENT))
                .toList();
    }

    List<Long> listed(long timestamp) {
        return answered(call -> call instanceof Call.ListOffsets question && question.timestamp() == timestamp);
    }

    /** Questions for the latest offset that began after another was answered above 0. */
    List<Long> latestAfterLatest() {
        List<Long> latest = listed(Call.ListOffsets.LATEST);
        return latest.stream()
                .filter(question -> latest.stream()
                        .anyMatch(before -> completedAt.get(before) < invokedAt.get(question)
                                && ((Call.ListOffsets) call(before))
                                        .partition()
                                        .equals(((Call.ListOffsets) call(question)).partition())
                                && ((Answer.FoundOffset) answer(before)).offset() > 0))
                .toList();
    }

    /** Questions by timestamp to the plain topic that found a record which is not the last of the log. */
    List<Long> foundByTimestamp() {
        List<Poll> last = polls(PLAIN, true);
        return answered(call -> call instanceof Call.ListOffsets question
                        && question.timestamp() >= 0
                        && question.partition().equals(PLAIN))
                .stream()
                .filter(operation -> {
                    long offset = ((Answer.FoundOffset) answer(operation)).offset();
                    return offset >= 0 && next(last, offset) >= 0;
                })
                .toList();
    }

    private static long next(List<Poll> polls, long offset) {
        return polls.stream()
                .flatMap(poll -> IntStream.range(0, poll.polled().records().size())
                        .mapToObj(i -> poll.polled().records().offset(i)))
                .filter(other -> other > offset)
                .min(Long::compare)
                .orElse(-1L);
    }

    /**
     * Pairs that could lie the other way round: the second was sent before, and the first told after anyone saw that
     * far.
     */
    List<Pair> swappable() {
        List<Record> records = acknowledged(PLAIN);
        List<Pair> pairs = new ArrayList<>();
        for (Record first : records) {
            for (Record second : records) {
                boolean isSameSession = send(first).session() == send(second).session();
                if (isSameSession
                        && first.offset() < second.offset()
                        && invokedAt.get(second.operation()) < firstSeen(first.offset())
                        && completedAt.get(first.operation()) > firstSeen(second.offset())) {
                    pairs.add(new Pair(first, second));
                }
            }
        }
        return pairs;
    }

    /** When anyone could first tell that the log of the plain topic reaches above this offset. */
    private int firstSeen(long offset) {
        return IntStream.range(0, events.size())
                .filter(at -> events.get(at) instanceof Event.Completion completion
                        && completion.result() instanceof Result.Ok(Answer answer)
                        && isOfPlain(call(completion.operation()))
                        && switch (answer) {
                            case Answer.Sent sent -> sent.offset() >= offset;
                            case Answer.Polled polled -> polled.highWatermark() > offset;
                            case Answer.FoundOffset found -> found.offset() > offset;
                            default -> false;
                        })
                .findFirst()
                .orElse(events.size());
    }

    private static boolean isOfPlain(Call call) {
        return switch (call) {
            case Call.Send send -> send.partition().equals(PLAIN);
            case Call.Poll poll -> poll.partition().equals(PLAIN);
            case Call.ListOffsets question -> question.partition().equals(PLAIN);
            default -> false;
        };
    }

    boolean swap(Pair pair) {
        long one = pair.first().value();
        long other = pair.second().value();
        LongUnaryOperator swap = value -> value == one ? other : value == other ? one : value;
        polls(PLAIN, true).forEach(poll -> change(poll, records -> Edits.withValues(records, swap)));
        polls(PLAIN, false).forEach(poll -> change(poll, records -> Edits.withValues(records, swap)));
        complete(
                pair.first().operation(),
                new Result.Ok(new Answer.Sent(pair.second().offset())));
        return complete(
                pair.second().operation(),
                new Result.Ok(new Answer.Sent(pair.first().offset())));
    }

    boolean removeFromLastReadings(Record record) {
        boolean removed = false;
        for (Poll poll : polls(record.partition(), true)) {
            int index = poll.indexOf(record);
            if (index >= 0) {
                removed = true;
                change(poll, records -> Edits.without(records, index));
            }
        }
        return removed;
    }

    boolean repeatAtTheEnd(Record record) {
        for (int client = FIRST_FINAL; client < FIRST_FINAL + 2; client++) {
            int reader = client;
            Poll last = polls(record.partition(), true).stream()
                    .filter(poll -> poll.client() == reader)
                    .toList()
                    .getLast();
            Answer.Polled polled = last.polled();
            long end = polled.highWatermark();
            complete(
                    last.operation(),
                    new Result.Ok(new Answer.Polled(
                            polled.node(),
                            end + 1,
                            polled.logStart(),
                            end + 1,
                            Edits.with(polled.records(), end, record.value()))));
        }
        return true;
    }

    boolean changeOneRecord(List<Poll> polls, long valueBy, long timestampBy) {
        return any(polls)
                .map(poll -> {
                    int index = random.nextInt(poll.polled().records().size());
                    return change(poll, records -> {
                        long[] offsets = Edits.column(records, Records::offset);
                        long[] values = Edits.column(records, Records::value);
                        long[] timestamps = Edits.column(records, Records::timestamp);
                        values[index] = valueBy == 0 ? values[index] : -valueBy;
                        timestamps[index] += timestampBy;
                        return new Records(offsets, values, timestamps);
                    });
                })
                .orElse(false);
    }

    boolean dropOneRecord(Poll poll) {
        int index = random.nextInt(poll.polled().records().size());
        return change(poll, records -> Edits.without(records, index));
    }

    boolean beginEarlier(Poll poll) {
        Event.Invocation before = (Event.Invocation) events.get(poll.invokedAt());
        events.set(
                poll.invokedAt(),
                new Event.Invocation(
                        before.timeNs(),
                        before.operation(),
                        before.client(),
                        new Call.Poll(poll.call().partition(), poll.call().position() - 1, Call.Reading.FOLLOWING)));
        return true;
    }

    /** A stale answer: nothing to read, and a high watermark below the one of the poll before. */
    boolean seeLess(Poll poll) {
        Answer.Polled polled = poll.polled();
        return complete(
                poll.operation(),
                new Result.Ok(new Answer.Polled(
                        polled.node(), 0, polled.logStart(), poll.call().position(), Records.NONE)));
    }

    boolean answerOneLater(long operation) {
        long offset = ((Answer.FoundOffset) answer(operation)).offset();
        return complete(operation, new Result.Ok(new Answer.FoundOffset(next(polls(PLAIN, true), offset), -1)));
    }

    boolean complete(long operation, Result result) {
        int at = completedAt.get(operation);
        events.set(at, new Event.Completion(events.get(at).timeNs(), operation, result));
        return true;
    }

    private boolean change(Poll poll, UnaryOperator<Records> change) {
        Answer.Polled polled = poll.polled();
        return complete(
                poll.operation(),
                new Result.Ok(new Answer.Polled(
                        polled.node(),
                        polled.highWatermark(),
                        polled.logStart(),
                        polled.nextPosition(),
                        change.apply(polled.records()))));
    }

    private Call call(long operation) {
        return ((Event.Invocation) events.get(invokedAt.get(operation))).call();
    }

    private Call.Send send(Record record) {
        return (Call.Send) call(record.operation());
    }

    /** Null when the operation did not succeed. */
    private Answer answer(long operation) {
        Integer at = completedAt.get(operation);
        return at != null && ((Event.Completion) events.get(at)).result() instanceof Result.Ok(Answer answer)
                ? answer
                : null;
    }
}
