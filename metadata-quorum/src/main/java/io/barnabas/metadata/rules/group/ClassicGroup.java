package io.barnabas.metadata.rules.group;

import io.barnabas.metadata.rules.group.Deadlines.Deadline;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A group whose members assign the partitions. */
final class ClassicGroup implements Group {

    private final Groups groups;
    private final String id;
    private final String protocolType;
    private final int generation;
    private final long sinceMs;

    private ClassicGroup(Groups groups, String id, String protocolType, int generation, long sinceMs) {
        this.groups = groups;
        this.id = id;
        this.protocolType = protocolType;
        this.generation = generation;
        this.sinceMs = sinceMs;
    }

    static ClassicGroup create(Groups groups, String id, long nowMs) {
        return new ClassicGroup(groups, id, "", 0, nowMs);
    }

    static ClassicGroup restore(Groups groups, GroupRecord.ClassicGroupState state) {
        return new ClassicGroup(groups, state.group(), state.protocolType(), state.generation(), state.sinceMs());
    }

    GroupRecord.ClassicGroupState state() {
        return new GroupRecord.ClassicGroupState(
                id, protocolType, Optional.empty(), Optional.empty(), generation, sinceMs, List.of());
    }

    GroupResponse.ClassicDescription description() {
        return new GroupResponse.ClassicDescription(id, "Empty", protocolType, "", List.of());
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public GroupSummary summary() {
        return new GroupSummary(id, protocolType, "Empty", GroupSummary.Type.CLASSIC);
    }

    @Override
    public boolean isEmpty() {
        return true;
    }

    @Override
    public boolean awaited() {
        return false;
    }

    @Override
    public void loaded(long nowMs) {}

    @Override
    public void join(GroupRequest.Join request, long ticket, Turn turn) {
        turn.fail(ticket, GroupError.COORDINATOR_NOT_AVAILABLE, "");
    }

    @Override
    public void sync(GroupRequest.Sync request, long ticket, Turn turn) {
        turn.fail(ticket, GroupError.COORDINATOR_NOT_AVAILABLE, "");
    }

    @Override
    public void heartbeat(GroupRequest.Heartbeat request, long ticket, Turn turn) {
        turn.fail(ticket, GroupError.COORDINATOR_NOT_AVAILABLE, "");
    }

    @Override
    public void leave(GroupRequest.Leave request, long ticket, Turn turn) {
        turn.fail(ticket, GroupError.COORDINATOR_NOT_AVAILABLE, "");
    }

    @Override
    public void passed(Deadline deadline, Turn turn) {}

    @Override
    public Optional<Refused> commit(GroupRequest.CommitOffsets request, Turn turn) {
        return Optional.empty();
    }

    @Override
    public Optional<Refused> read(Optional<String> memberId, int memberEpoch) {
        return Optional.empty();
    }

    @Override
    public Optional<Refused> deleteOffsets() {
        return Optional.empty();
    }

    @Override
    public boolean subscribedTo(String topic) {
        return false;
    }

    @Override
    public OptionalLong unusedSinceMs(GroupRecord.CommittedOffset offset) {
        return OptionalLong.empty();
    }

    @Override
    public void close() {}
}
