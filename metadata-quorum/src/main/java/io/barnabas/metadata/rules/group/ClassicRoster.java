package io.barnabas.metadata.rules.group;

import io.barnabas.metadata.rules.group.GroupRequest.Protocol;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Who is in a classic group, who leads it, and what all of them can do. Members are in the order in which they came. */
final class ClassicRoster {

    private final Map<String, ClassicMember> members = new LinkedHashMap<>();
    private final Map<String, String> idsByInstance = new HashMap<>();
    private final Set<String> awaited = new LinkedHashSet<>();
    private final Map<String, Integer> supporters = new HashMap<>();
    private Optional<String> leader = Optional.empty();

    Collection<ClassicMember> members() {
        return List.copyOf(members.values());
    }

    int size() {
        return members.size();
    }

    boolean isEmpty() {
        return members.isEmpty();
    }

    Optional<ClassicMember> find(String memberId) {
        return Optional.ofNullable(members.get(memberId));
    }

    Optional<ClassicMember> findStatic(String instanceId) {
        return Optional.ofNullable(idsByInstance.get(instanceId)).map(members::get);
    }

    Optional<String> leader() {
        return leader;
    }

    boolean isLeader(String memberId) {
        return leader.isPresent() && leader.get().equals(memberId);
    }

    void leadBy(Optional<String> memberId) {
        leader = memberId;
    }

    /** Adds a member; the first leads. */
    void add(ClassicMember member) {
        members.put(member.id(), member);
        member.instanceId().ifPresent(instance -> idsByInstance.put(instance, member.id()));
        count(member.protocols(), 1);
        awaited.remove(member.id());
        if (leader.isEmpty()) {
            leader = Optional.of(member.id());
        }
    }

    /** Takes a member out; the eldest leads if the leader goes. */
    void remove(ClassicMember member) {
        if (members.remove(member.id()) == null) {
            return;
        }
        count(member.protocols(), -1);
        member.instanceId().ifPresent(idsByInstance::remove);
        if (isLeader(member.id())) {
            leader = members.keySet().stream().findFirst();
        }
    }

    /** Puts the static member of the new id in the place of the one that it was. */
    void replace(ClassicMember old, ClassicMember renamed) {
        boolean led = isLeader(old.id());
        remove(old);
        add(renamed);
        if (led) {
            leader = Optional.of(renamed.id());
        }
    }

    /** A member joins again, perhaps with other protocols. */
    void rejoin(ClassicMember member, GroupRequest.Join request, long ticket, Turn turn) {
        count(member.protocols(), -1);
        member.rejoins(request, ticket, turn);
        count(member.protocols(), 1);
    }

    /** Expects a member to join with an id that it was given. */
    void await(String memberId) {
        awaited.add(memberId);
    }

    boolean isAwaited(String memberId) {
        return awaited.contains(memberId);
    }

    /** Expects it no more, and returns whether it was expected. */
    boolean giveUp(String memberId) {
        return awaited.remove(memberId);
    }

    Set<String> awaited() {
        return awaited;
    }

    boolean allJoined() {
        return awaited.isEmpty() && members.values().stream().allMatch(ClassicMember::awaitsJoin);
    }

    int waitingToJoin() {
        return (int) members.values().stream().filter(ClassicMember::awaitsJoin).count();
    }

    /**
     * Makes a member lead that takes part in the next generation.
     *
     * @return whether there is one
     */
    boolean electJoinedLeader() {
        if (leader.flatMap(this::find).filter(ClassicMember::awaitsJoin).isPresent()) {
            return true;
        }
        Optional<String> joined = members.values().stream()
                .filter(ClassicMember::awaitsJoin)
                .map(ClassicMember::id)
                .findFirst();
        joined.ifPresent(memberId -> leader = joined);
        return joined.isPresent();
    }

    /** How long the slowest member may take to join again. */
    int rebalanceTimeoutMs() {
        return members.values().stream()
                .mapToInt(ClassicMember::rebalanceTimeoutMs)
                .max()
                .orElse(0);
    }

    /** Whether one of the protocols is known to every member. */
    boolean supportsOneOf(List<Protocol> protocols) {
        return protocols.stream().anyMatch(protocol -> supporters.getOrDefault(protocol.name(), 0) == members.size());
    }

    /** Of the protocols that every member knows the one that most members like best; the elder decide a tie. */
    String elected() {
        Map<String, Integer> votes = new LinkedHashMap<>();
        for (ClassicMember member : members.values()) {
            member.protocols().stream()
                    .map(Protocol::name)
                    .filter(name -> supporters.getOrDefault(name, 0) == members.size())
                    .findFirst()
                    .ifPresent(name -> votes.merge(name, 1, Integer::sum));
        }
        String elected = "";
        for (Map.Entry<String, Integer> candidate : votes.entrySet()) {
            if (candidate.getValue() > votes.getOrDefault(elected, 0)) {
                elected = candidate.getKey();
            }
        }
        return elected;
    }

    /** Why a request in the name of a member is refused (KIP-345: a replaced static member is fenced). */
    Optional<GroupError> refusal(String memberId, Optional<String> instanceId) {
        if (instanceId.isPresent()) {
            String current = idsByInstance.get(instanceId.get());
            if (current != null && !current.equals(memberId)) {
                return Optional.of(GroupError.FENCED_INSTANCE_ID);
            } else if (current == null) {
                return Optional.of(GroupError.UNKNOWN_MEMBER_ID);
            }
        }
        return members.containsKey(memberId) ? Optional.empty() : Optional.of(GroupError.UNKNOWN_MEMBER_ID);
    }

    List<GroupResponse.JoinedMember> joined(String protocol) {
        List<GroupResponse.JoinedMember> joined = new ArrayList<>();
        members.values()
                .forEach(member -> joined.add(
                        new GroupResponse.JoinedMember(member.id(), member.instanceId(), member.metadata(protocol))));
        return joined;
    }

    private void count(List<Protocol> protocols, int by) {
        protocols.stream().map(Protocol::name).distinct().forEach(name -> {
            if (supporters.merge(name, by, Integer::sum) == 0) {
                supporters.remove(name);
            }
        });
    }
}
