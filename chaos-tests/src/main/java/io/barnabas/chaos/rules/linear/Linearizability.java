package io.barnabas.chaos.rules.linear;

import io.barnabas.chaos.rules.history.Operation;
import io.barnabas.chaos.rules.history.Result;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Decides whether the history of one object is linearizable: the search of Wing and Gong with Lowe's memory of
 * configurations (G. Lowe, Testing for linearizability, 2017), in the form that takes effects as late as they can be
 * taken.
 *
 * <p>A configuration is a state of the object and which of the operations under way have taken effect in it. The search
 * keeps the set of all configurations that fit what was completed so far. At a completion, effects of operations under
 * way are tried in every order until the completed one has taken effect; configurations in which it cannot are dropped.
 * When none is left, no order exists. What only looks at the state takes effect as soon as it can, since that closes no
 * way. Equal configurations are one, so neither the length of the history nor the number of orders matters, only how
 * many changes overlap: the set grows with 2 to their number at worst. An operation of unknown result overlaps
 * everything after it, which is why a limit of steps exists, and why it is told apart from a verdict.
 *
 * <p>Memory: the configurations, about 100 bytes each.
 */
public final class Linearizability<S> {

    /** How many operations before the impossible one a verdict names. */
    private static final int REMEMBERED = 8;

    /** A state, and the slots of the operations under way that have taken effect in it. */
    private record Configuration<S>(S state, BitSet done) {}

    private final Model<S> model;
    private final long maxSteps;
    private final TreeMap<Integer, Operation> underWay = new TreeMap<>();
    private final Deque<Operation> before = new ArrayDeque<>();
    private Set<Configuration<S>> possible = new LinkedHashSet<>();
    private long steps;

    private Linearizability(Model<S> model, long maxSteps) {
        this.model = model;
        this.maxSteps = maxSteps;
        possible.add(new Configuration<>(model.initial(), new BitSet()));
    }

    /**
     * Decides for the operations of one object.
     *
     * @param history the moments of the operations in their order: each operation twice, when it is invoked and when it
     *     is completed. The completion of one of unknown result means nothing: it may take effect later, or never.
     * @param maxSteps effects to try before giving up; a million takes about a second
     */
    public static <S> Verdict<S> check(Model<S> model, List<Operation> history, long maxSteps) {
        return new Linearizability<>(model, maxSteps).check(history);
    }

    private Verdict<S> check(List<Operation> history) {
        Map<Long, Integer> slots = new TreeMap<>();
        for (Operation operation : history) {
            long number = operation.invocation().operation();
            Integer slot = slots.get(number);
            if (slot == null) {
                slots.put(number, freeSlot(operation));
                continue;
            }
            if (isUnknown(operation)) {
                continue;
            }
            slots.remove(number);
            Set<Configuration<S>> left = afterCompletion(slot);
            if (steps > maxSteps) {
                return new Verdict.Undecided<>(steps, underWay.size());
            }
            if (left.isEmpty()) {
                return impossible(slot, operation);
            }
            underWay.remove(slot);
            possible = left;
            remember(operation);
            closeWhatHasHappened();
        }
        return new Verdict.Linearizable<>();
    }

    private int freeSlot(Operation operation) {
        int slot = 0;
        while (underWay.containsKey(slot)) {
            slot++;
        }
        underWay.put(slot, operation);
        return slot;
    }

    /** All configurations in which the operation of this slot has taken effect; its slot is free in them. */
    private Set<Configuration<S>> afterCompletion(int slot) {
        Set<Configuration<S>> left = new LinkedHashSet<>();
        Set<Configuration<S>> seen = new HashSet<>();
        possible.forEach(configuration -> seen.add(withLooks(configuration)));
        Deque<Configuration<S>> open = new ArrayDeque<>(seen);
        while (!open.isEmpty() && steps <= maxSteps) {
            Configuration<S> configuration = open.poll();
            if (configuration.done().get(slot)) {
                BitSet done = (BitSet) configuration.done().clone();
                done.clear(slot);
                left.add(new Configuration<>(configuration.state(), done));
                continue;
            }
            underWay.forEach((other, operation) -> {
                if (!configuration.done().get(other) && model.changes(operation)) {
                    after(configuration, other, operation).filter(seen::add).ifPresent(open::add);
                }
            });
        }
        return left;
    }

    private Optional<Configuration<S>> after(Configuration<S> configuration, int slot, Operation operation) {
        steps++;
        return model.step(configuration.state(), operation).map(state -> {
            BitSet done = (BitSet) configuration.done().clone();
            done.set(slot);
            return withLooks(new Configuration<>(state, done));
        });
    }

    /** With every operation that only looks and may see this state: to have looked closes no way. */
    private Configuration<S> withLooks(Configuration<S> configuration) {
        BitSet done = (BitSet) configuration.done().clone();
        underWay.forEach((slot, operation) -> {
            if (!done.get(slot)
                    && !model.changes(operation)
                    && model.step(configuration.state(), operation).isPresent()) {
                done.set(slot);
            }
        });
        return new Configuration<>(configuration.state(), done);
    }

    /** What has taken effect in every configuration is over, though nobody was told; its slot is free. */
    private void closeWhatHasHappened() {
        BitSet everywhere = null;
        for (Configuration<S> configuration : possible) {
            if (everywhere == null) {
                everywhere = (BitSet) configuration.done().clone();
            } else {
                everywhere.and(configuration.done());
            }
        }
        everywhere.stream().filter(slot -> isUnknown(underWay.get(slot))).forEach(slot -> {
            underWay.remove(slot);
            Set<Configuration<S>> closed = new LinkedHashSet<>();
            for (Configuration<S> configuration : possible) {
                configuration.done().clear(slot);
                closed.add(configuration);
            }
            possible = closed;
        });
    }

    private static boolean isUnknown(Operation operation) {
        return operation.result() instanceof Result.Unknown;
    }

    private void remember(Operation operation) {
        before.add(operation);
        if (before.size() > REMEMBERED) {
            before.remove();
        }
    }

    private Verdict<S> impossible(int slot, Operation operation) {
        List<Operation> overlapping = new ArrayList<>(underWay.values());
        overlapping.remove(underWay.get(slot));
        Set<S> states = possible.stream().map(Configuration::state).collect(Collectors.toSet());
        return new Verdict.Impossible<>(operation, states, overlapping, new ArrayList<>(before));
    }
}
