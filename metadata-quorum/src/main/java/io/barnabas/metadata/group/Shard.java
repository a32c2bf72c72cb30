package io.barnabas.metadata.group;

import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.group.GroupError;
import io.barnabas.metadata.rules.group.GroupMachine;
import io.barnabas.metadata.rules.group.GroupRecord;
import io.barnabas.metadata.rules.group.GroupRequest;
import io.barnabas.metadata.rules.group.GroupResponse;
import io.barnabas.metadata.rules.group.GroupSummary;
import io.barnabas.metadata.rules.group.Step;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * One shard in the hands of this node, under one epoch.
 *
 * <pre>
 *   loading --loaded--> serving --lost--> (gone)
 *      `-------lost--------------------------^
 * </pre>
 *
 * <p>What is asked while it is loading waits. An answer waits for the records written before it, and a request that reads
 * offsets waits for those under way. All of it belongs to the coordinator's thread.
 */
final class Shard {

    private final int number;
    private final long epoch;
    /** What was asked and not answered, by ticket. */
    private final Map<Long, CompletableFuture<GroupResponse>> asked = new HashMap<>();

    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private final List<Runnable> whenLoaded = new ArrayList<>();
    private final Deque<GroupRecord> unsent = new ArrayDeque<>();
    private GroupMachine machine;
    private long tickets;
    private long written;
    private long committed;

    /** What may be done once so many records are committed. */
    private record Waiting(long records, Runnable action) {}

    Shard(int number, long epoch) {
        this.number = number;
        this.epoch = epoch;
    }

    int number() {
        return number;
    }

    long epoch() {
        return epoch;
    }

    boolean isLoading() {
        return machine == null;
    }

    /** Begins to serve. */
    void loaded(GroupMachine read, long nowMs) {
        machine = read;
        machine.loaded(nowMs);
        whenLoaded.forEach(Runnable::run);
        whenLoaded.clear();
    }

    /** Takes a request; {@code answer} is completed when its time has come. */
    void ask(GroupRequest request, CompletableFuture<GroupResponse> answer, Moment moment) {
        long ticket = tickets++;
        asked.put(ticket, answer);
        if (isLoading()) {
            whenLoaded.add(() -> serve(request, ticket, moment));
        } else {
            serve(request, ticket, moment);
        }
    }

    /** The time and the image when it is looked at, which may be later than a request came. */
    interface Moment {
        long nowMs();

        MetadataImage image();
    }

    private void serve(GroupRequest request, long ticket, Moment moment) {
        boolean readsOffsets = switch (request) {
            case GroupRequest.ReadOffsets read -> true;
            case GroupRequest.DeleteOffsets delete -> true;
            case GroupRequest.DeleteGroup delete -> true;
            default -> false;
        };
        if (readsOffsets) {
            onceCommitted(() -> take(machine.handle(request, ticket, moment.nowMs(), moment.image())));
        } else {
            take(machine.handle(request, ticket, moment.nowMs(), moment.image()));
        }
    }

    /** Nobody waits for that answer any more. */
    void forget(CompletableFuture<GroupResponse> answer) {
        asked.values().remove(answer);
    }

    /** Does what is due. */
    void tick(long nowMs, MetadataImage image) {
        while (!isLoading()
                && machine.nextTickMs().isPresent()
                && machine.nextTickMs().getAsLong() <= nowMs) {
            Step step = machine.tick(nowMs, image);
            take(step);
            if (step.records().isEmpty() && step.answers().isEmpty()) {
                return;
            }
        }
    }

    void topicsDeleted(Set<String> topics, long nowMs) {
        if (!isLoading()) {
            take(machine.topicsDeleted(topics, nowMs));
        }
    }

    List<GroupSummary> list() {
        return isLoading() ? List.of() : machine.list();
    }

    private void take(Step step) {
        unsent.addAll(step.records());
        written += step.records().size();
        step.answers().forEach(answer -> onceCommitted(() -> answer(answer)));
    }

    private void answer(Step.Answer answer) {
        CompletableFuture<GroupResponse> future = asked.remove(answer.ticket());
        if (future != null) {
            future.complete(answer.response());
        }
    }

    private void onceCommitted(Runnable action) {
        if (committed == written && waiting.isEmpty()) {
            action.run();
        } else {
            waiting.add(new Waiting(written, action));
        }
    }

    boolean hasUnsent() {
        return !unsent.isEmpty();
    }

    /**
     * Hands over records that are to be proposed next, as many as there is room for and at least one.
     *
     * @return how many bytes they take, about
     */
    long send(long roomBytes, List<GroupRecord> into) {
        long bytes = 0;
        while (!unsent.isEmpty() && bytes < roomBytes) {
            GroupRecord next = unsent.poll();
            bytes += RecordSizes.of(next);
            into.add(next);
        }
        return bytes;
    }

    /** So many more of the records handed over are committed. */
    void committed(int records) {
        committed += records;
        while (!waiting.isEmpty() && waiting.peek().records() <= committed) {
            waiting.poll().action().run();
        }
    }

    /** Ends this node's hold: whatever was asked and not answered is for another epoch to serve. */
    void lost(GroupError why, String message) {
        GroupResponse refusal = new GroupResponse.Failed(why, message);
        List.copyOf(asked.values()).forEach(answer -> answer.complete(refusal));
        asked.clear();
        waiting.clear();
        whenLoaded.clear();
    }
}
