package io.barnabas.log;

import io.barnabas.log.rules.rest.RestMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.apache.ratis.server.protocol.TermIndex;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Copies its leader's log in bulk for a replica that is too far behind for Raft, and tells how far that is. */
final class LeaderCopy {

    private static final Logger LOG = LoggerFactory.getLogger(LeaderCopy.class);

    private final RatisPartitionReplica replica;
    private final PartitionEnvironment environment;
    private volatile CatchUpProgress progress;

    LeaderCopy(RatisPartitionReplica replica, PartitionEnvironment environment) {
        this.replica = replica;
        this.environment = environment;
    }

    /**
     * Copies the leader's log in bulk.
     *
     * @param firstAvailable first Raft index that the leader still has
     * @return the entry from which Raft goes on; null to go on with Raft at once
     */
    TermIndex from(int leader, long firstAvailable) {
        ReplicaLog open = replica.log();
        try (CatchUpSource.Session session = environment.catchUp().open(leader, replica.groupId())) {
            AppliedState state = AppliedState.decode(session.appliedState());
            if (state.at().getIndex() <= open.applied().getIndex()) {
                return null;
            }
            if (state.at().getIndex() + 1 < firstAvailable) {
                throw new IOException("node " + leader + " has applied entry "
                        + state.at().getIndex() + " only, its log begins at " + firstAvailable);
            }
            LOG.info(
                    "{}: copying the log of node {} from offset {} to {}",
                    replica,
                    leader,
                    open.highWatermark(),
                    state.snapshot().highWatermark());
            replica.files().catchUp(replica.config()).copy(session, state, open.highWatermark(), this::moved);
            return state.at();
        } catch (IOException e) {
            LOG.warn("{}: copying the log of node {} failed and is tried again: {}", replica, leader, e.toString());
            throw new UncheckedIOException(e);
        } finally {
            progress = null;
        }
    }

    private void moved(CatchUpProgress now, long bytes) {
        progress = now;
        synchronized (environment.catchUpThrottle()) {
            environment.catchUpThrottle().used(bytes);
        }
    }

    /** A replica that is no member of its group yet, or is only being opened, has all of its way before it. */
    Optional<CatchUpProgress> progress() {
        CatchUpProgress now = progress;
        if (now != null || replica.failure().isPresent() || isMember()) {
            return Optional.ofNullable(now);
        }
        long highWatermark = replica.offsets().highWatermark();
        return Optional.of(new CatchUpProgress(0, highWatermark, highWatermark, 0));
    }

    private boolean isMember() {
        return replica.division()
                .map(running -> running.getRaftConf().getPeer(running.getId()) != null)
                .orElse(replica.rest().state() != RestMachine.State.AWAKE);
    }
}
