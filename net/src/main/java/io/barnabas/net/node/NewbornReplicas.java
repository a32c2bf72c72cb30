package io.barnabas.net.node;

import io.barnabas.net.raft.EmptyVoters;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.protocol.RaftGroupId;

/** The replicas of this node that are the first of their partition here: they have voted for nobody and lost nothing. */
final class NewbornReplicas implements EmptyVoters {

    private final Set<UUID> groups = ConcurrentHashMap.newKeySet();

    void born(UUID groupId) {
        groups.add(groupId);
    }

    void gone(UUID groupId) {
        groups.remove(groupId);
    }

    @Override
    public boolean mayVote(RaftGroupId groupId) {
        return groups.contains(groupId.getUuid());
    }
}
