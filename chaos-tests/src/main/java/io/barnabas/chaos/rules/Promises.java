package io.barnabas.chaos.rules;

import io.barnabas.chaos.rules.check.Checker;
import io.barnabas.chaos.rules.check.CommittedForward;
import io.barnabas.chaos.rules.check.HighWatermarkForward;
import io.barnabas.chaos.rules.check.LeaderAcksKept;
import io.barnabas.chaos.rules.check.ListedOffsets;
import io.barnabas.chaos.rules.check.NoDuplicates;
import io.barnabas.chaos.rules.check.NoPhantoms;
import io.barnabas.chaos.rules.check.NothingLost;
import io.barnabas.chaos.rules.check.NothingSkipped;
import io.barnabas.chaos.rules.check.ProducerOrder;
import io.barnabas.chaos.rules.check.SameEverywhere;
import io.barnabas.chaos.rules.linear.LinearRegisters;
import io.barnabas.chaos.rules.linear.LinearTopics;
import java.util.List;

/** The one list of what is checked. */
public final class Promises {

    private Promises() {}

    /**
     * A new checker for each promise.
     *
     * @param graceNs for {@link LeaderAcksKept}, in nanoseconds
     * @param maxSteps for each register and topic, see {@link LinearRegisters}
     */
    public static List<Checker> all(long graceNs, long maxSteps) {
        return List.of(
                new NothingLost(),
                new LeaderAcksKept(graceNs),
                new NoPhantoms(),
                new NoDuplicates(),
                new ProducerOrder(),
                new SameEverywhere(),
                new NothingSkipped(),
                new HighWatermarkForward(),
                new CommittedForward(),
                new ListedOffsets(),
                new LinearRegisters(maxSteps),
                new LinearTopics(maxSteps));
    }
}
