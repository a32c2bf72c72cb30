package io.barnabas.chaos.rules.check;

import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Event;
import io.barnabas.chaos.rules.history.History;
import io.barnabas.chaos.rules.history.Observer;
import io.barnabas.chaos.rules.history.Operation;
import io.barnabas.chaos.rules.history.Records;
import io.barnabas.chaos.rules.history.Replay;
import io.barnabas.chaos.rules.history.Result;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * Finds the events that prove violations which name only a place, by going through the history once more: the sends and
 * reads of the value, and of whatever else had its offset.
 */
final class Evidence implements Observer {

    /** Events kept for one violation: the first ones, which show how it began. */
    static final int KEPT = 16;

    private record Key(String object, boolean isOffset, long number) {}

    private final Map<Key, List<List<Event>>> wanted = new HashMap<>();

    private Evidence() {}

    /** The judgements with proof for every violation whose place has some. */
    static List<Judgement> gather(History history, List<Judgement> judgements) {
        Evidence evidence = new Evidence();
        Map<Violation, List<Event>> proofs = new LinkedHashMap<>();
        for (Judgement judgement : judgements) {
            for (Violation violation : judgement.violations()) {
                if (violation.proof().isEmpty()) {
                    evidence.want(violation.place(), proofs.computeIfAbsent(violation, v -> new ArrayList<>()));
                }
            }
        }
        if (proofs.isEmpty()) {
            return judgements;
        }
        Replay.of(history, List.of(evidence));
        return judgements.stream()
                .map(judgement -> withProof(judgement, proofs))
                .toList();
    }

    private static Judgement withProof(Judgement judgement, Map<Violation, List<Event>> proofs) {
        List<Violation> violations = judgement.violations().stream()
                .map(violation -> proofs.containsKey(violation)
                        ? new Violation(
                                violation.promise(),
                                violation.what(),
                                violation.place(),
                                inOrder(proofs.get(violation)))
                        : violation)
                .toList();
        return new Judgement(
                judgement.promise(), judgement.checked(), judgement.broken(), violations, judgement.undecided());
    }

    private static List<Event> inOrder(List<Event> proof) {
        return proof.stream()
                .sorted(Comparator.comparingLong(Event::timeNs))
                .distinct()
                .toList();
    }

    private void want(Place place, List<Event> proof) {
        place.offset().ifPresent(offset -> want(new Key(place.object(), true, offset), proof));
        place.value().ifPresent(value -> want(new Key(place.object(), false, value), proof));
    }

    private void want(Key key, List<Event> proof) {
        wanted.computeIfAbsent(key, k -> new ArrayList<>()).add(proof);
    }

    @Override
    public void completed(Operation operation) {
        switch (operation.call()) {
            case Call.Send send -> {
                found(send.partition(), false, send.value(), operation);
                if (operation.result() instanceof Result.Ok(Answer.Sent(long offset))) {
                    found(send.partition(), true, offset, operation);
                }
            }
            case Call.Poll poll
            when operation.result() instanceof Result.Ok(Answer.Polled polled) -> polled(operation, poll, polled);
            default -> {}
        }
    }

    private void polled(Operation operation, Call.Poll poll, Answer.Polled polled) {
        Records records = polled.records();
        String object = poll.partition().toString();
        for (int i = 0; i < records.size(); i++) {
            if (wanted.containsKey(new Key(object, true, records.offset(i)))
                    || wanted.containsKey(new Key(object, false, records.value(i)))) {
                Operation narrowed = narrowed(operation, polled, i);
                found(poll.partition(), true, records.offset(i), narrowed);
                found(poll.partition(), false, records.value(i), narrowed);
            }
        }
    }

    private void found(TopicPartition partition, boolean isOffset, long number, Operation operation) {
        for (List<Event> proof : wanted.getOrDefault(new Key(partition.toString(), isOffset, number), List.of())) {
            if (proof.size() < KEPT) {
                proof.addAll(operation.events());
            }
        }
    }

    private static Operation narrowed(Operation operation, Answer.Polled polled, int record) {
        Answer.Polled one = new Answer.Polled(
                polled.node(),
                polled.highWatermark(),
                polled.logStart(),
                polled.nextPosition(),
                polled.records().slice(record, record + 1));
        return new Operation(
                operation.invocation(),
                new Event.Completion(
                        operation.completion().timeNs(), operation.completion().operation(), new Result.Ok(one)));
    }
}
