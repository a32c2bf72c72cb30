package io.barnabas.chaos.rules.plan;

import java.util.Set;

/**
 * What can befall the cluster of a run.
 *
 * @param nodes how many it has
 * @param met which needs of faults it meets; {@link Fault.Needs#NOTHING} is met by all
 */
public record Powers(int nodes, Set<Fault.Needs> met) {

    public Powers {
        met = Set.copyOf(met);
    }

    /** Whether a fault of those needs can befall it. */
    public boolean meet(Fault.Needs needs) {
        return needs == Fault.Needs.NOTHING || met.contains(needs);
    }
}
