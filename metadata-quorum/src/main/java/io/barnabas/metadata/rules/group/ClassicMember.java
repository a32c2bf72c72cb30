package io.barnabas.metadata.rules.group;

import com.google.protobuf.ByteString;
import io.barnabas.metadata.rules.group.GroupRequest.Protocol;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A member of a classic group, with the requests of it that wait for an answer. */
final class ClassicMember {

    private final String id;
    private final Optional<String> instanceId;
    private final String clientId;
    private final String clientHost;
    private int sessionTimeoutMs;
    private int rebalanceTimeoutMs;
    private List<Protocol> protocols;
    private ByteString assignment;
    private OptionalLong joinTicket = OptionalLong.empty();
    private OptionalLong syncTicket = OptionalLong.empty();
    private boolean unacquainted;

    private ClassicMember(GroupRecord.ClassicMemberState state) {
        this.id = state.memberId();
        this.instanceId = state.groupInstanceId();
        this.clientId = state.clientId();
        this.clientHost = state.clientHost();
        this.sessionTimeoutMs = state.sessionTimeoutMs();
        this.rebalanceTimeoutMs = state.rebalanceTimeoutMs();
        this.protocols = state.protocols();
        this.assignment = state.assignment();
    }

    /** One who joins for the first time and waits for the answer. */
    static ClassicMember joining(String id, GroupRequest.Join request, long ticket) {
        ClassicMember member = new ClassicMember(new GroupRecord.ClassicMemberState(
                id,
                request.groupInstanceId(),
                request.clientId(),
                request.clientHost(),
                request.sessionTimeoutMs(),
                request.rebalanceTimeoutMs(),
                request.protocols(),
                ByteString.EMPTY));
        member.joinTicket = OptionalLong.of(ticket);
        member.unacquainted = true;
        return member;
    }

    static ClassicMember restore(GroupRecord.ClassicMemberState state) {
        return new ClassicMember(state);
    }

    /** The same static member under a new id. */
    ClassicMember renamed(String newId) {
        return new ClassicMember(new GroupRecord.ClassicMemberState(
                newId, instanceId, clientId, clientHost, sessionTimeoutMs, rebalanceTimeoutMs, protocols, assignment));
    }

    GroupRecord.ClassicMemberState state() {
        return new GroupRecord.ClassicMemberState(
                id, instanceId, clientId, clientHost, sessionTimeoutMs, rebalanceTimeoutMs, protocols, assignment);
    }

    String id() {
        return id;
    }

    Optional<String> instanceId() {
        return instanceId;
    }

    String clientId() {
        return clientId;
    }

    String clientHost() {
        return clientHost;
    }

    int sessionTimeoutMs() {
        return sessionTimeoutMs;
    }

    int rebalanceTimeoutMs() {
        return rebalanceTimeoutMs;
    }

    List<Protocol> protocols() {
        return protocols;
    }

    ByteString assignment() {
        return assignment;
    }

    void assign(ByteString newAssignment) {
        assignment = newAssignment;
    }

    /** What the member said under the protocol; empty if it does not know it. */
    ByteString metadata(String protocol) {
        return protocols.stream()
                .filter(known -> known.name().equals(protocol))
                .map(Protocol::metadata)
                .findFirst()
                .orElse(ByteString.EMPTY);
    }

    /** Joins again: what it can do may have changed, and its request waits. A request that waited before is refused. */
    void rejoins(GroupRequest.Join request, long ticket, Turn turn) {
        failJoin(GroupError.REBALANCE_IN_PROGRESS, "Another JoinGroup of the member took its place.", turn);
        protocols = request.protocols();
        sessionTimeoutMs = request.sessionTimeoutMs();
        rebalanceTimeoutMs = request.rebalanceTimeoutMs();
        joinTicket = OptionalLong.of(ticket);
    }

    /** Waits for its assignment. A request that waited before is refused. */
    void awaitsSync(long ticket, Turn turn) {
        failSync(GroupError.REBALANCE_IN_PROGRESS, "Another SyncGroup of the member took its place.", turn);
        syncTicket = OptionalLong.of(ticket);
    }

    boolean awaitsJoin() {
        return joinTicket.isPresent();
    }

    /** Whether silence is no sign of death: the member waits for the coordinator, and knows its own id. */
    boolean excusedFromHeartbeats() {
        return !unacquainted && (joinTicket.isPresent() || syncTicket.isPresent());
    }

    /** Answers a JoinGroup that waits, if there is one. */
    void answerJoin(GroupResponse response, Turn turn) {
        if (joinTicket.isPresent()) {
            turn.answer(joinTicket.getAsLong(), response);
            joinTicket = OptionalLong.empty();
        }
        unacquainted = false;
    }

    void failJoin(GroupError error, String message, Turn turn) {
        answerJoin(new GroupResponse.Failed(error, message), turn);
    }

    /** Answers a SyncGroup that waits, and returns whether one did. */
    boolean answerSync(GroupResponse response, Turn turn) {
        if (syncTicket.isEmpty()) {
            return false;
        }
        turn.answer(syncTicket.getAsLong(), response);
        syncTicket = OptionalLong.empty();
        return true;
    }

    boolean failSync(GroupError error, String message, Turn turn) {
        return answerSync(new GroupResponse.Failed(error, message), turn);
    }
}
