package io.barnabas.net.node;

import io.barnabas.net.node.NodeConfig.ElectionTimeout;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.rpc.SupportedRpcType;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys.Log;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/**
 * Ratis settings of a node's two Raft servers. They belong to a server, not to a group, which is why the metadata
 * quorum and the partitions have one each.
 */
final class RaftSettings {

    /** What an entry, or an RPC, may hold beside one batch. */
    private static final int ENTRY_MARGIN = 64 << 10;

    /** What an RPC may hold beside its entries. */
    private static final int RPC_MARGIN = 1 << 20;

    /** The buffer must hold one entry and its length prefixes. */
    private static final int BUFFER_MARGIN = 8;

    private static final int METADATA_ENTRY_BYTES = 8 << 20;
    private static final int METADATA_SNAPSHOT_EVERY = 10_000;
    private static final int METADATA_PRESERVED_ENTRIES = 5_000;

    /**
     * Chunks of a snapshot on the way to a follower, and the time for one. A follower that goes away meanwhile is not
     * tried again before all of them could have been answered.
     */
    private static final int SNAPSHOT_CHUNKS_AT_ONCE = 4;

    private static final TimeDuration SNAPSHOT_CHUNK_TIMEOUT = TimeDuration.valueOf(1, TimeUnit.SECONDS);
    private static final int PARTITION_SNAPSHOT_EVERY = 100_000;

    /** A replica that was away for so many batches goes on by Raft; one that missed more copies segments. */
    private static final int PARTITION_PRESERVED_ENTRIES = 20_000;

    /**
     * Groups that are created, started or closed at the same time. Ratis runs them one by one when the pool is
     * {@code cached}, whatever its size.
     */
    private static final int GROUPS_AT_ONCE = 8;

    private RaftSettings() {}

    /** Of the metadata server. */
    static RaftProperties metadata(NodeConfig.Raft config) {
        RaftProperties raft = common(config.metadataListener(), config.metadataElection(), METADATA_ENTRY_BYTES);
        Log.setSegmentSizeMax(raft, SizeInBytes.valueOf(2L * METADATA_ENTRY_BYTES));
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(raft, true);
        RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(raft, METADATA_SNAPSHOT_EVERY);
        Log.Appender.setSnapshotChunkSizeMax(raft, SizeInBytes.valueOf("1MB"));
        GrpcConfigKeys.Server.setInstallSnapshotRequestElementLimit(raft, SNAPSHOT_CHUNKS_AT_ONCE);
        GrpcConfigKeys.Server.setInstallSnapshotRequestTimeout(raft, SNAPSHOT_CHUNK_TIMEOUT);
        // Followers learn what is committed at once, not with the next heartbeat: what they propose waits for that.
        Log.setLogMetadataEnabled(raft, true);
        // Group commits make large entries; followers that are not far behind need few segments.
        Log.setSegmentCacheNumMax(raft, 2);
        // A dead voter must not keep the others from purging; it takes a snapshot when it comes back.
        Log.setPurgeUptoSnapshotIndex(raft, true);
        Log.setPurgePreservationLogNum(raft, METADATA_PRESERVED_ENTRIES);
        return raft;
    }

    /** Of the partition server. */
    static RaftProperties partitions(NodeConfig.Raft config, int maxMessageBytes) {
        RaftProperties raft =
                common(config.partitionListener(), config.partitionElection(), maxMessageBytes + ENTRY_MARGIN);
        Log.setSegmentSizeMax(raft, SizeInBytes.valueOf("4MB"));
        Log.setSegmentCacheNumMax(raft, 1);
        Log.setReadLockEnabled(raft, false);
        // The commit index need not be in the log: a restarted group learns it from its leader.
        Log.setLogMetadataEnabled(raft, false);
        Log.setPurgeGap(raft, 64);
        Log.setPurgePreservationLogNum(raft, PARTITION_PRESERVED_ENTRIES);
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(raft, true);
        RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(raft, PARTITION_SNAPSHOT_EVERY);
        RaftServerConfigKeys.ThreadPool.setProxyCached(raft, false);
        RaftServerConfigKeys.ThreadPool.setProxySize(raft, GROUPS_AT_ONCE);
        return raft;
    }

    private static RaftProperties common(HostPort listener, ElectionTimeout election, int entryBytes) {
        RaftProperties raft = new RaftProperties();
        RaftConfigKeys.Rpc.setType(raft, SupportedRpcType.GRPC);
        GrpcConfigKeys.Server.setHost(raft, listener.host());
        GrpcConfigKeys.Server.setPort(raft, listener.port());
        GrpcConfigKeys.setMessageSizeMax(raft, SizeInBytes.valueOf(2L * entryBytes + RPC_MARGIN));
        GrpcConfigKeys.setFlowControlWindow(raft, SizeInBytes.valueOf("4MB"));
        GrpcConfigKeys.Server.setLeaderOutstandingAppendsMax(raft, 32);
        elections(raft, election);
        // A machine that was asleep, or a process stopped and continued, lets others lead but goes on afterwards.
        RaftServerConfigKeys.setCloseThreshold(raft, TimeDuration.valueOf(3650, TimeUnit.DAYS));
        RaftServerConfigKeys.setSleepDeviationThreshold(raft, TimeDuration.valueOf(2, TimeUnit.SECONDS));
        // Clients of the log have producer ids for this; the cache only serves a resend within one RPC.
        RaftServerConfigKeys.RetryCache.setExpiryTime(raft, TimeDuration.valueOf(5, TimeUnit.SECONDS));
        Log.Appender.setBufferByteLimit(raft, SizeInBytes.valueOf(entryBytes));
        Log.Appender.setWaitTimeMin(raft, TimeDuration.ZERO);
        // A follower that is back is asked again soon, however long it was away.
        Log.Appender.setRetryPolicy(raft, "1ms,10, 100ms,20, 500ms,1000000");
        Log.setWriteBufferSize(raft, SizeInBytes.valueOf((long) entryBytes + BUFFER_MARGIN));
        // Composed appends hop through the common pool, where any task that blocks holds them up.
        Log.setAppendEntriesComposeEnabled(raft, false);
        Log.setPreallocatedSize(raft, SizeInBytes.valueOf("64KB"));
        // Flush when the queue is empty, not after a number of entries.
        Log.setForceSyncNum(raft, 4096);
        return raft;
    }

    private static void elections(RaftProperties raft, ElectionTimeout election) {
        RaftServerConfigKeys.Rpc.setTimeoutMin(raft, time(election.min()));
        RaftServerConfigKeys.Rpc.setTimeoutMax(raft, time(election.max()));
        // A group that has just started seldom has a leader: its first election need not wait. Pre-vote keeps a
        // member that restarts from disturbing a leader that is there.
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(
                raft, time(election.min().dividedBy(4)));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(
                raft, time(election.max().dividedBy(2)));
    }

    private static TimeDuration time(Duration duration) {
        return TimeDuration.valueOf(duration.toMillis(), TimeUnit.MILLISECONDS);
    }
}
