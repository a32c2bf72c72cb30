package io.barnabas.chaos.rules.check;

import static io.barnabas.chaos.rules.check.ModelRun.LOOSE;
import static io.barnabas.chaos.rules.check.ModelRun.PLAIN;

import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Event;
import io.barnabas.chaos.rules.history.Result;
import io.barnabas.chaos.rules.linear.LinearRegisters;
import io.barnabas.chaos.rules.linear.LinearTopics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One thing changed in a run of the model, and the checkers that have to see it. */
enum Mutation {
    /** A record that all had acknowledged is missing at the end. */
    LOSE(new NothingLost(), new NothingSkipped()) {
        @Override
        boolean change(Run run) {
            return run.any(run.acknowledged(PLAIN))
                    .map(run::removeFromLastReadings)
                    .orElse(false);
        }
    },
    /** The same of a record that a leader had acknowledged and somebody had read. */
    LOSE_WHAT_WAS_READ(new LeaderAcksKept(0), new NothingSkipped()) {
        @Override
        boolean change(Run run) {
            List<Run.Record> read = run.acknowledged(LOOSE).stream()
                    .filter(record ->
                            run.polls(record.partition(), false).stream().anyMatch(poll -> poll.indexOf(record) >= 0))
                    .toList();
            return run.any(read).map(run::removeFromLastReadings).orElse(false);
        }
    },
    /** A record lies once more at the end of the log. */
    DUPLICATE(new NoDuplicates()) {
        @Override
        boolean change(Run run) {
            return run.any(run.acknowledged(PLAIN)).map(run::repeatAtTheEnd).orElse(false);
        }
    },
    /** Two records of one session, both under way at the time, changed places. */
    REORDER(new ProducerOrder()) {
        @Override
        boolean change(Run run) {
            return run.any(run.swappable()).map(run::swap).orElse(false);
        }
    },
    /** One read, long before the end, returned something else. */
    CHANGE_VALUE(new SameEverywhere(), new NoPhantoms()) {
        @Override
        boolean change(Run run) {
            List<Run.Poll> before = run.polls(PLAIN, false).stream()
                    .filter(poll -> poll.polled().records().size() > 0)
                    .toList();
            return run.changeOneRecord(before, 66, 0);
        }
    },
    /** One replica has another timestamp. */
    CHANGE_TIMESTAMP(new SameEverywhere()) {
        @Override
        boolean change(Run run) {
            List<Run.Poll> second = run.polls(PLAIN, true).stream()
                    .filter(poll -> poll.client() == ModelRun.FIRST_FINAL + 1
                            && poll.polled().records().size() > 0)
                    .toList();
            return run.changeOneRecord(second, 0, 5);
        }
    },
    /** A send that was read had failed. */
    FAIL_WHAT_WAS_READ(new NoPhantoms()) {
        @Override
        boolean change(Run run) {
            return run.any(run.unknownButRead())
                    .map(operation -> run.complete(operation, new Result.Failed("INVALID_RECORD")))
                    .orElse(false);
        }
    },
    /** One poll left out a record. */
    SKIP(new NothingSkipped()) {
        @Override
        boolean change(Run run) {
            List<Run.Poll> polls = run.polls(PLAIN, false).stream()
                    .filter(poll -> poll.polled().records().size() > 0)
                    .toList();
            return run.any(polls).map(run::dropOneRecord).orElse(false);
        }
    },
    /** A reader that follows began before its position. */
    MOVE_BACK(new NothingSkipped()) {
        @Override
        boolean change(Run run) {
            return run.any(run.following()).map(run::beginEarlier).orElse(false);
        }
    },
    /** A reader's last poll saw an older high watermark. */
    OLD_HIGH_WATERMARK(new HighWatermarkForward()) {
        @Override
        boolean change(Run run) {
            return run.any(run.lastPollsThatSawMore()).map(run::seeLess).orElse(false);
        }
    },
    /** A committed offset that was read is not there any more. */
    FORGET_COMMIT(new CommittedForward()) {
        @Override
        boolean change(Run run) {
            List<Long> reads = run.repeatedCommittedReads();
            return run.any(reads)
                    .map(operation -> run.complete(operation, new Result.Ok(new Answer.CommittedOffset(-1))))
                    .orElse(false);
        }
    },
    /** A committed offset is one that nobody committed. */
    INVENT_COMMIT(new CommittedForward()) {
        @Override
        boolean change(Run run) {
            return run.any(run.answered(call -> call instanceof Call.Committed))
                    .map(operation -> run.complete(operation, new Result.Ok(new Answer.CommittedOffset(1 << 20))))
                    .orElse(false);
        }
    },
    /** The latest offset lies above everything. */
    LATEST_TOO_HIGH(new ListedOffsets()) {
        @Override
        boolean change(Run run) {
            return run.any(run.listed(Call.ListOffsets.LATEST))
                    .map(operation -> run.complete(operation, new Result.Ok(new Answer.FoundOffset(1 << 20, -1))))
                    .orElse(false);
        }
    },
    /** The latest offset lies below an earlier answer. */
    LATEST_TOO_LOW(new ListedOffsets()) {
        @Override
        boolean change(Run run) {
            return run.any(run.latestAfterLatest())
                    .map(operation -> run.complete(operation, new Result.Ok(new Answer.FoundOffset(0, -1))))
                    .orElse(false);
        }
    },
    /** The answer by timestamp is the record after the right one. */
    TIMESTAMP_TOO_LATE(new ListedOffsets()) {
        @Override
        boolean change(Run run) {
            return run.any(run.foundByTimestamp()).map(run::answerOneLater).orElse(false);
        }
    },
    /** A register holds what nobody wrote. */
    CHANGE_REGISTER(new LinearRegisters(0)) {
        @Override
        boolean change(Run run) {
            return run.any(run.answered(call -> call instanceof Call.RegisterRead))
                    .map(operation -> run.complete(operation, new Result.Ok(new Answer.RegisterValue(1 << 20))))
                    .orElse(false);
        }
    },
    /** A register is empty after it was seen with a value. */
    FORGET_REGISTER(new LinearRegisters(0)) {
        @Override
        boolean change(Run run) {
            return run.any(run.registersReadAgain())
                    .map(operation ->
                            run.complete(operation, new Result.Ok(new Answer.RegisterValue(Call.RegisterWrite.ABSENT))))
                    .orElse(false);
        }
    },
    /** A topic has partitions that nobody asked for. */
    CHANGE_TOPIC(new LinearTopics(0)) {
        @Override
        boolean change(Run run) {
            return run.any(run.answered(call -> call instanceof Call.Describe))
                    .map(operation -> run.complete(operation, new Result.Ok(new Answer.TopicDescription(7, Map.of()))))
                    .orElse(false);
        }
    };

    private final Set<String> promises;

    Mutation(Checker... objecting) {
        promises = Stream.of(objecting).map(Checker::promise).collect(Collectors.toSet());
    }

    /** Of the checkers that have to object, and no others. */
    Set<String> promises() {
        return promises;
    }

    /** Makes the change; false when the run offers no opportunity. */
    abstract boolean change(Run run);

    /** The run with one thing changed, if it offers the opportunity. */
    Optional<List<Event>> apply(List<Event> events, SplittableRandom random) {
        Run run = new Run(new ArrayList<>(events), random);
        return change(run) ? Optional.of(run.events()) : Optional.empty();
    }
}
