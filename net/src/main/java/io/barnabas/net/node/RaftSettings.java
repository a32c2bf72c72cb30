package io.barnabas.net.node;

import io.barnabas.net.node.NodeConfig.ElectionTimeout;
import io.barnabas.net.raft.EmptyVoters;
import io.barnabas.net.raft.EntryPayloads;
import io.barnabas.net.raft.NettyRpcType;
import io.barnabas.net.raft.RaftTransportConfig;
import io.barnabas.net.raft.RaftTransportConfig.ServerKind;
import io.barnabas.net.raft.RaftTransportConfig.Window;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys.Log;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/**
 * Ratis settings of a node's two Raft servers. They belong to a server, not to a group, which is why the metadata
 * quorum and the partitions have one each.
 */
final class RaftSettings {

    /** An entry of a partition: it holds a claim on its batch, not the batch. */
    private static final int PARTITION_ENTRY_BYTES = 64 << 10;

    /** What a message may hold beside the largest entry or batch. */
    private static final int MESSAGE_MARGIN = 2 << 20;

    /** An answer that takes longer is not waited for; the disk of a follower may be slow, its network is not. */
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(3);

    private static final int METADATA_DATA_THREADS = 1;
    private static final int PARTITION_DATA_THREADS = 2;
    private static final Window METADATA_WINDOW = new Window(32, 8 << 20, 1 << 20);
    private static final Window PARTITION_WINDOW = new Window(64, 8 << 20, 1 << 20);

    /** The buffer must hold one entry and its length prefixes. */
    private static final int BUFFER_MARGIN = 8;

    private static final int METADATA_ENTRY_BYTES = 8 << 20;
    private static final int METADATA_SNAPSHOT_EVERY = 10_000;
    private static final int METADATA_PRESERVED_ENTRIES = 5_000;
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
        RaftProperties raft = common(config.metadataElection(), METADATA_ENTRY_BYTES);
        Log.setSegmentSizeMax(raft, SizeInBytes.valueOf(2L * METADATA_ENTRY_BYTES));
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(raft, true);
        RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(raft, METADATA_SNAPSHOT_EVERY);
        Log.Appender.setSnapshotChunkSizeMax(raft, SizeInBytes.valueOf("1MB"));
        // Followers learn what is committed at once, not with the next heartbeat: what they propose waits for that.
        Log.setLogMetadataEnabled(raft, true);
        // Group commits make large entries; followers that are not far behind need few segments.
        cacheUpTo(raft, 6L * METADATA_ENTRY_BYTES);
        // A dead voter must not keep the others from purging; it takes a snapshot when it comes back.
        Log.setPurgeUptoSnapshotIndex(raft, true);
        Log.setPurgePreservationLogNum(raft, METADATA_PRESERVED_ENTRIES);
        return raft;
    }

    /** Of the partition server. */
    static RaftProperties partitions(NodeConfig.Raft config) {
        RaftProperties raft = common(config.partitionElection(), PARTITION_ENTRY_BYTES);
        Log.setSegmentSizeMax(raft, SizeInBytes.valueOf("4MB"));
        cacheUpTo(raft, 8L << 20);
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

    /**
     * Limits the entries in memory by bytes only. A limit of segments is passed with every few leaders, and a group that
     * is closed while Ratis makes room after a new leader's first entry never ends closing.
     */
    private static void cacheUpTo(RaftProperties raft, long bytes) {
        Log.setSegmentCacheNumMax(raft, Integer.MAX_VALUE);
        Log.setSegmentCacheSizeMax(raft, SizeInBytes.valueOf(bytes));
    }

    /** How the metadata server talks to others. */
    static RaftTransportConfig metadataTransport(NodeConfig config, String clusterId) {
        return new RaftTransportConfig(
                clusterId,
                Integer.toString(config.nodeId()),
                ServerKind.METADATA,
                config.raft().metadataListener().host(),
                config.raft().metadataListener().port(),
                REQUEST_TIMEOUT,
                METADATA_WINDOW,
                METADATA_ENTRY_BYTES + MESSAGE_MARGIN,
                METADATA_DATA_THREADS,
                config.raft().tls(),
                EntryPayloads.NONE,
                EmptyVoters.NONE);
    }

    /** How the partition server talks to others. */
    static RaftTransportConfig partitionTransport(
            NodeConfig config, String clusterId, EntryPayloads batches, EmptyVoters newborns) {
        return new RaftTransportConfig(
                clusterId,
                Integer.toString(config.nodeId()),
                ServerKind.PARTITIONS,
                config.raft().partitionListener().host(),
                config.raft().partitionListener().port(),
                REQUEST_TIMEOUT,
                PARTITION_WINDOW,
                config.log().maxMessageBytes() + MESSAGE_MARGIN,
                PARTITION_DATA_THREADS,
                config.raft().tls(),
                batches,
                newborns);
    }

    private static RaftProperties common(ElectionTimeout election, int entryBytes) {
        RaftProperties raft = new RaftProperties();
        RaftConfigKeys.Rpc.setType(raft, new NettyRpcType());
        elections(raft, election);
        // A machine that was asleep, or a process stopped and continued, lets others lead but goes on afterwards.
        RaftServerConfigKeys.setCloseThreshold(raft, TimeDuration.valueOf(3650, TimeUnit.DAYS));
        RaftServerConfigKeys.setSleepDeviationThreshold(raft, TimeDuration.valueOf(2, TimeUnit.SECONDS));
        // For so long a leader that lost its majority does not stand again, though nobody else's log may reach as far.
        RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(raft, TimeDuration.valueOf(2, TimeUnit.SECONDS));
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
