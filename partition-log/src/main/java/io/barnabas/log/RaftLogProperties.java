package io.barnabas.log;

import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;

/** What Ratis must do with the logs of partitions, whatever else the node sets. */
final class RaftLogProperties {

    private RaftLogProperties() {}

    /** The node's properties with those that the replicas rest on. */
    static RaftProperties of(PartitionHostConfig config) {
        RaftProperties raft = new RaftProperties(config.raft());
        // Batches are kept by the replica: Ratis caches and writes entries without them.
        RaftServerConfigKeys.Log.StateMachineData.setCachingEnabled(raft, true);
        // With sync, Ratis asks for a flush, forces its own log and waits for both; without, it forces its log behind
        // everybody's back, and only a state machine that counts as synchronous is waited for and heard when it fails.
        boolean async = config.flushMode() == FlushMode.ASYNC;
        RaftServerConfigKeys.Log.StateMachineData.setSync(raft, async);
        RaftServerConfigKeys.Log.setUnsafeFlushEnabled(raft, async);
        // A torn last entry was never acknowledged; the replica compares all others with its segments.
        RaftServerConfigKeys.Log.setCorruptionPolicy(raft, CorruptionPolicy.WARN_AND_RETURN);
        // A snapshot of a partition holds no records: a replica that lacks purged entries copies its leader's log.
        RaftServerConfigKeys.Log.Appender.setInstallSnapshotEnabled(raft, false);
        RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(raft, true);
        RaftServerConfigKeys.Snapshot.setRetentionFileNum(raft, SnapshotFiles.RETAINED);
        return raft;
    }
}
