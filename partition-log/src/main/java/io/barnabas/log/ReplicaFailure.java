package io.barnabas.log;

import io.barnabas.log.segment.DiskFault;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Why a replica had to stop, which it does once and until its node restarts. */
final class ReplicaFailure {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicaFailure.class);

    private final RatisPartitionReplica replica;
    private final PartitionEnvironment environment;
    private final AtomicReference<String> reason = new AtomicReference<>();

    ReplicaFailure(RatisPartitionReplica replica, PartitionEnvironment environment) {
        this.replica = replica;
        this.environment = environment;
    }

    boolean isThere() {
        return reason.get() != null;
    }

    /** Goes on after the replica's name; empty while it is well. */
    Optional<String> reason() {
        return Optional.ofNullable(reason.get());
    }

    /** @return whether it is the first, for which the replica stops */
    boolean happened(String what, Throwable cause) {
        if (!reason.compareAndSet(null, what)) {
            return false;
        }
        LOG.error("{} {}. The replica stops; the node and its other partitions go on.", replica, what, cause);
        environment.blocking().execute(() -> environment.directories().suspect(replica.groupId()));
        if (mayHaveLost(cause)) {
            environment.blocking().execute(() -> markForRepair(what));
        }
        return true;
    }

    private static boolean mayHaveLost(Throwable cause) {
        for (Throwable e = cause; e != null; e = e.getCause()) {
            if (e instanceof LostDataException || e instanceof DiskFault fault && fault.isLoss()) {
                return true;
            }
        }
        return false;
    }

    private void markForRepair(String what) {
        try {
            replica.files().markForRepair(what);
        } catch (IOException e) {
            LOG.warn("{}: that it needs repair cannot be written down: {}", replica, e.getMessage());
        }
    }
}
