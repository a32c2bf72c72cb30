package io.barnabas.log;

import io.barnabas.log.index.LogIndex;
import io.barnabas.log.segment.SegmentFiles;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * What all replicas of a node share.
 *
 * @param files the file system under the segments
 * @param index the data directory's RocksDB
 * @param recentBatches newest batches of the partitions led here
 * @param flushMode {@code log.flush}
 * @param producerIdleMs {@code producer.id.expiration.ms}
 * @param blocking runs what may wait for the disk
 * @param clockMs wall clock in epoch milliseconds
 */
record PartitionEnvironment(
        SegmentFiles files,
        LogIndex index,
        RecentBatches recentBatches,
        FlushMode flushMode,
        long producerIdleMs,
        Executor blocking,
        LongSupplier clockMs) {}
