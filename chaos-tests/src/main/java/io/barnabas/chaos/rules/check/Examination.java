package io.barnabas.chaos.rules.check;

import io.barnabas.chaos.rules.history.History;
import io.barnabas.chaos.rules.history.Observer;
import io.barnabas.chaos.rules.history.Operation;
import io.barnabas.chaos.rules.history.Replay;
import java.util.ArrayList;
import java.util.List;

/** Checks a whole run. */
public final class Examination {

    private Examination() {}

    /**
     * Goes through the history once, or twice when something is broken.
     *
     * @param checkers new ones, see {@link io.barnabas.chaos.rules.Promises#all}
     * @param unavailability a new one, which is shown the history too
     * @throws IllegalArgumentException when the events are no history
     */
    public static Report of(History history, List<? extends Checker> checkers, Unavailability unavailability) {
        LogRecords log = new LogRecords();
        Counts counts = new Counts();
        List<Observer> observers = new ArrayList<>();
        observers.add(log);
        observers.addAll(checkers);
        observers.add(unavailability);
        observers.add(counts);
        long operations = Replay.of(history, observers);
        List<Judgement> judgements =
                checkers.stream().map(checker -> checker.judge(log)).toList();
        return new Report(
                operations, counts.failed, counts.unknown, Evidence.gather(history, judgements), unavailability);
    }

    private static final class Counts implements Observer {
        private long failed;
        private long unknown;

        @Override
        public void completed(Operation operation) {
            if (operation.isFailed()) {
                failed++;
            } else if (!operation.isOk()) {
                unknown++;
            }
        }
    }
}
