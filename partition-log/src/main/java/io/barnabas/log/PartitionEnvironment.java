package io.barnabas.log;

import io.barnabas.log.compact.IoThrottle;
import io.barnabas.log.directory.LogDirectories;
import io.barnabas.log.segment.SegmentFiles;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * What all replicas of a node share.
 *
 * @param nodeId this node's {@code node.id}
 * @param files the file system under the segments
 * @param directories the log directories, with an index each
 * @param claims batches on their way between nodes
 * @param flushMode {@code log.flush}
 * @param producerIdleMs {@code producer.id.expiration.ms}
 * @param catchUp where replicas that are far behind get their leader's log
 * @param catchUpThrottle how fast they may copy, all together; used by one at a time under its own lock
 * @param blocking runs what may wait for the disk
 * @param clockMs wall clock in epoch milliseconds
 */
record PartitionEnvironment(
        int nodeId,
        SegmentFiles files,
        LogDirectories directories,
        BatchClaims claims,
        FlushMode flushMode,
        long producerIdleMs,
        CatchUpSource catchUp,
        IoThrottle catchUpThrottle,
        Executor blocking,
        LongSupplier clockMs) {}
