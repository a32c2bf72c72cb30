package io.barnabas.chaos.rules.check;

import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Event;
import io.barnabas.chaos.rules.history.Operation;
import io.barnabas.chaos.rules.history.Result;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/**
 * A group's committed offset is one that somebody committed, and it never moves back: not below a commit that was
 * acknowledged, nor below an offset that was read, before the question was asked.
 *
 * <p>Commits that overlap may take effect in any order, so together they raise what is expected to the lowest of them
 * only. A commit below an earlier one is a step back that somebody wants (a reset, or a new owner that begins again):
 * from its invocation on it may be what is read. A commit of unknown result may take effect at any later time, so its
 * offset may be read whenever; a read of it is then where the group stands.
 *
 * <p>Linear; one operation and the offsets committed so far for each group and partition, about 50 bytes per commit.
 */
public final class CommittedForward implements Checker {

    private static final int NONE = -1;

    private record Position(String group, TopicPartition partition) {

        @Override
        public String toString() {
            return "group " + group + " on " + partition;
        }
    }

    /** What is known of one group's position in one partition. */
    private static final class Known {
        final Map<Long, Integer> committed = new HashMap<>();
        final Set<Long> unknown = new HashSet<>();
        final Map<Long, UnderWay> underWay = new HashMap<>();
        long highest = NONE;
        long floor = NONE;
        Operation floorBy;
    }

    /** An operation that is not over. */
    private static final class UnderWay {
        /** The offset of a commit, nothing for a read. */
        final OptionalLong offset;

        /** Of all commits that overlap this operation, itself included. */
        long lowestCommit = Long.MAX_VALUE;

        long floor;
        Operation floorBy;

        UnderWay(OptionalLong offset) {
            this.offset = offset;
        }
    }

    private final Findings findings = new Findings(promise());
    private final Map<Position, Known> positions = new HashMap<>();

    @Override
    public String promise() {
        return "a committed offset never moves back";
    }

    @Override
    public void invoked(Event.Invocation invocation) {
        switch (invocation.call()) {
            case Call.Commit commit -> {
                Known known = known(commit.group(), commit.partition());
                known.committed.merge(commit.offset(), 1, Integer::sum);
                known.highest = Math.max(known.highest, commit.offset());
                begin(known, invocation.operation(), OptionalLong.of(commit.offset()));
                lower(known, commit.offset());
            }
            case Call.Committed read ->
                begin(known(read.group(), read.partition()), invocation.operation(), OptionalLong.empty());
            default -> {}
        }
    }

    private static void begin(Known known, long operation, OptionalLong offset) {
        UnderWay begins = new UnderWay(offset);
        begins.floor = known.floor;
        begins.floorBy = known.floorBy;
        known.underWay.put(operation, begins);
        for (UnderWay other : known.underWay.values()) {
            begins.lowestCommit = Math.min(begins.lowestCommit, other.offset.orElse(Long.MAX_VALUE));
            other.lowestCommit = Math.min(other.lowestCommit, offset.orElse(Long.MAX_VALUE));
        }
    }

    /** From now on this offset may be read, also by those who asked before. */
    private static void lower(Known known, long offset) {
        known.floor = Math.min(known.floor, offset);
        for (UnderWay other : known.underWay.values()) {
            other.floor = Math.min(other.floor, offset);
        }
    }

    private static void raise(Known known, long offset, Operation by) {
        if (offset > known.floor) {
            known.floor = offset;
            known.floorBy = by;
        }
    }

    @Override
    public void completed(Operation operation) {
        switch (operation.call()) {
            case Call.Commit commit -> commitEnds(operation, commit);
            case Call.Committed read -> {
                Known known = known(read.group(), read.partition());
                UnderWay began = known.underWay.remove(operation.invocation().operation());
                if (operation.result() instanceof Result.Ok(Answer.CommittedOffset(long offset))) {
                    findings.checked();
                    judge(operation, new Position(read.group(), read.partition()), known, began, offset);
                }
            }
            default -> {}
        }
    }

    private void commitEnds(Operation operation, Call.Commit commit) {
        Known known = known(commit.group(), commit.partition());
        UnderWay began = known.underWay.remove(operation.invocation().operation());
        switch (operation.result()) {
            case Result.Ok ok -> raise(known, began.lowestCommit, operation);
            case Result.Unknown unknown -> known.unknown.add(commit.offset());
            case Result.Failed failed ->
                known.committed.computeIfPresent(commit.offset(), (offset, times) -> times == 1 ? null : times - 1);
        }
    }

    private void judge(Operation operation, Position position, Known known, UnderWay began, long offset) {
        if (offset < began.floor && known.unknown.contains(offset)) {
            lower(known, offset);
        } else if (offset < began.floor) {
            List<Event> proof = new ArrayList<>(began.floorBy.events());
            proof.addAll(operation.events());
            findings.broken(
                    position
                            + (offset == NONE ? " lost its committed offset" : " moved back to " + offset)
                            + " after "
                            + began.floor
                            + (began.floorBy.call() instanceof Call.Commit ? " was committed" : " was read"),
                    place(position, offset),
                    proof);
        } else if (offset != NONE && !known.committed.containsKey(offset)) {
            findings.broken(
                    position + " is at " + offset + ", which nobody committed; the highest commit is "
                            + (known.highest == NONE ? "none" : Long.toString(known.highest)),
                    place(position, offset),
                    operation.events());
        } else {
            raise(known, Math.min(offset, began.lowestCommit), operation);
        }
    }

    private static Place place(Position position, long offset) {
        return new Place(position.toString(), OptionalLong.of(offset), OptionalLong.empty());
    }

    private Known known(String group, TopicPartition partition) {
        return positions.computeIfAbsent(new Position(group, partition), p -> new Known());
    }

    @Override
    public Judgement judge(LogRecords log) {
        return findings.judgement();
    }
}
