package io.barnabas.chaos.rules.plan;

import java.time.Duration;

/** What happens at a time of a plan, counted from its beginning. */
public sealed interface Step {

    Duration at();

    /** The fault's number within the plan, from 1. */
    long fault();

    /**
     * A fault begins.
     *
     * @param scenario whose fault it is
     * @param until when that scenario's turn is over
     * @param patient whether the cluster should have recovered from what was healed before
     */
    record Begin(Duration at, long fault, String scenario, Fault what, Duration until, boolean patient)
            implements Step {}

    /** It is healed. */
    record Heal(Duration at, long fault) implements Step {}
}
