package io.barnabas.chaos.rules.linear;

import io.barnabas.chaos.rules.check.Checker;
import io.barnabas.chaos.rules.check.Findings;
import io.barnabas.chaos.rules.check.Judgement;
import io.barnabas.chaos.rules.check.LogRecords;
import io.barnabas.chaos.rules.check.Place;
import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Event;
import io.barnabas.chaos.rules.history.Operation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Many objects of one kind, each of which has to be linearizable by itself. Keeps their operations until the end, about
 * 250 bytes each; time and further memory are those of {@link Linearizability}.
 */
abstract class LinearObjects<S> implements Checker {

    private final Model<S> model;
    private final long maxSteps;

    /** For each object, the numbers of its operations at their invocation and again at their completion. */
    private final Map<String, List<Long>> moments = new LinkedHashMap<>();

    private final Map<Long, Operation> operations = new HashMap<>();

    LinearObjects(Model<S> model, long maxSteps) {
        this.model = model;
        this.maxSteps = maxSteps;
    }

    /** The object that the call concerns, if it is of this kind. */
    abstract Optional<String> object(Call call);

    /** The operations on one object that have to be explained: what says nothing and changes nothing is left out. */
    abstract List<Operation> relevant(List<Operation> history);

    @Override
    public void invoked(Event.Invocation invocation) {
        object(invocation.call())
                .ifPresent(object ->
                        moments.computeIfAbsent(object, o -> new ArrayList<>()).add(invocation.operation()));
    }

    @Override
    public void completed(Operation operation) {
        object(operation.call()).ifPresent(object -> {
            moments.get(object).add(operation.invocation().operation());
            operations.put(operation.invocation().operation(), operation);
        });
    }

    @Override
    public Judgement judge(LogRecords log) {
        Findings findings = new Findings(promise());
        moments.forEach((object, numbers) -> {
            List<Operation> history = numbers.stream().map(operations::get).toList();
            findings.checked(history.size() / 2);
            judge(object, Linearizability.check(model, relevant(history), maxSteps), findings);
        });
        return findings.judgement();
    }

    private void judge(String object, Verdict<S> verdict, Findings findings) {
        switch (verdict) {
            case Verdict.Linearizable<S> linearizable -> {}
            case Verdict.Undecided<S> undecided ->
                findings.undecided(object + ": cannot tell, " + undecided.underWay()
                        + " operations overlap; given up after " + undecided.steps() + " steps");
            case Verdict.Impossible<S> impossible -> {
                Operation operation = impossible.impossible();
                findings.broken(
                        object + ": no order of the operations explains " + operation.call() + " with "
                                + operation.result() + " of client " + operation.client() + "; by what was completed"
                                + " before it was one of " + impossible.states() + ", and "
                                + impossible.underWay().size() + " other operations were under way",
                        Place.of(object),
                        proof(impossible));
            }
        }
    }

    private List<Event> proof(Verdict.Impossible<S> impossible) {
        return Stream.of(impossible.before(), impossible.underWay(), List.of(impossible.impossible()))
                .flatMap(List::stream)
                .flatMap(operation -> operation.events().stream())
                .sorted(Comparator.comparingLong(Event::timeNs))
                .toList();
    }
}
