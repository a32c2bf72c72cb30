package io.barnabas.log;

import java.util.concurrent.TimeUnit;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.TimeDuration;

/**
 * How long the divisions that a node opens wait for their leaders: the configured election timeouts, and longer the more
 * divisions are open. An election takes processor time and syncs; where hundreds of groups share both, one that does not
 * get them within its timeout is begun again, and takes them from the others. Heartbeats are as frequent as ever. Loss of
 * a process is noticed by its connections, so that only of a machine that falls silent this delays the failover.
 *
 * <p>The first election of a division that is opened while the node runs waits as long as any other: in a new group the
 * preferred replica stands at once ({@link FirstElection}), as the one that wakes a group does.
 *
 * @param min the configured timeout
 * @param max the configured timeout
 * @param crowd how many open divisions are no crowd
 */
record ElectionPatience(TimeDuration min, TimeDuration max, int crowd) {

    private static final int CROWD_FOR_EACH_PROCESSOR = 25;
    private static final int MAX_FACTOR = 5;

    /** With the timeouts that the properties hold now. */
    static ElectionPatience of(RaftProperties raft) {
        return new ElectionPatience(
                RaftServerConfigKeys.Rpc.timeoutMin(raft),
                RaftServerConfigKeys.Rpc.timeoutMax(raft),
                CROWD_FOR_EACH_PROCESSOR * Runtime.getRuntime().availableProcessors());
    }

    /** Sets the timeouts of the divisions that are opened from now on. */
    void apply(RaftProperties raft, int open) {
        double factor = factor(open);
        TimeDuration longerMin = times(min, factor);
        TimeDuration longerMax = times(max, factor);
        RaftServerConfigKeys.Rpc.setTimeoutMax(raft, longerMax);
        RaftServerConfigKeys.Rpc.setTimeoutMin(raft, longerMin);
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(raft, longerMax);
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(raft, longerMin);
    }

    double factor(int open) {
        return Math.clamp((double) open / crowd, 1, MAX_FACTOR);
    }

    private static TimeDuration times(TimeDuration timeout, double factor) {
        return TimeDuration.valueOf((long) (timeout.toLong(TimeUnit.MILLISECONDS) * factor), TimeUnit.MILLISECONDS);
    }
}
