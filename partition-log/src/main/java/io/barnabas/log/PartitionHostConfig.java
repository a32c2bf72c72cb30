package io.barnabas.log;

import io.barnabas.log.directory.LogDirectoryConfig;
import io.barnabas.log.directory.LogDirectoryListener;
import io.barnabas.log.index.IndexConfig;
import io.barnabas.log.segment.SegmentFiles;
import java.nio.file.Path;
import java.util.List;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;

/**
 * How a node hosts its partitions.
 *
 * @param nodeId this node's {@code node.id}
 * @param address host:port of this node's partition Raft server
 * @param directories the log directories ({@code log.dirs})
 * @param places file in which it is recorded which replica lives in which directory, in the metadata directory
 * @param indexConfig memory and pace of the indexes
 * @param raft Ratis settings, transport included; the storage directory and what the log needs are set by the host
 * @param parameters Ratis parameters of the transport
 * @param claims how batches travel with that transport
 * @param defaults settings of a partition until its own are known
 * @param flushMode {@code log.flush}
 * @param flushIntervalMs {@code log.flush.interval.ms}, of use with {@link FlushMode#ASYNC} only
 * @param producerIdleMs {@code producer.id.expiration.ms}
 * @param catchUp where replicas that are far behind get their leader's log
 * @param catchUpBytesPerSecond {@code replica.catchup.bytes.per.second}, 0 for no limit
 * @param retentionCheckMs {@code log.retention.check.interval.ms}
 * @param cleaner how logs are compacted
 * @param scrub {@code log.scrub.*}
 * @param files the file system under the partitions' segments
 * @param moveBytesPerSecond {@code replica.alter.log.dirs.io.max.bytes.per.second}
 * @param listener hears of directories that fail
 * @param quiesce when partitions rest
 */
public record PartitionHostConfig(
        int nodeId,
        String address,
        List<LogDirectoryConfig> directories,
        Path places,
        IndexConfig indexConfig,
        RaftProperties raft,
        Parameters parameters,
        BatchClaims claims,
        LogConfig defaults,
        FlushMode flushMode,
        long flushIntervalMs,
        long producerIdleMs,
        CatchUpSource catchUp,
        long catchUpBytesPerSecond,
        long retentionCheckMs,
        CleanerConfig cleaner,
        ScrubConfig scrub,
        SegmentFiles files,
        long moveBytesPerSecond,
        LogDirectoryListener listener,
        QuiesceConfig quiesce) {}
