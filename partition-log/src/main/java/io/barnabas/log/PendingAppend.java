package io.barnabas.log;

import io.barnabas.log.PartitionReplica.Acks;
import io.barnabas.log.rules.BatchCheck;
import io.barnabas.log.rules.BatchHeader;
import io.barnabas.log.rules.SequenceCheck;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/**
 * One append on its way through Raft on the leader. It rides as the message of a request that never leaves the
 * process, so that the state machine meets the very object again instead of a serialised copy.
 */
final class PendingAppend implements Message {

    private final BatchHeader header;
    private final ByteBuffer batch;
    private final ByteString content;
    private final Acks acks;
    private final long logAppendTimeMs;
    private final CompletableFuture<AppendOutcome> outcome = new CompletableFuture<>();
    /** Set when the producer's sequence refuses the batch; read by the same thread after Ratis returned. */
    private SequenceCheck refusedBy;

    PendingAppend(BatchCheck.Valid valid, Acks acks) {
        this.header = valid.header();
        this.batch = valid.bytes().slice();
        this.logAppendTimeMs = valid.logAppendTimeMs();
        this.content = UnsafeByteOperations.unsafeWrap(this.batch);
        this.acks = acks;
    }

    /** The header of {@link #batch}. */
    BatchHeader header() {
        return header;
    }

    ByteBuffer batch() {
        return batch;
    }

    /** The timestamp that every record was given, or -1. */
    long logAppendTimeMs() {
        return logAppendTimeMs;
    }

    Acks acks() {
        return acks;
    }

    CompletableFuture<AppendOutcome> outcome() {
        return outcome;
    }

    void refuse(SequenceCheck check) {
        refusedBy = check;
    }

    SequenceCheck refusedBy() {
        return refusedBy;
    }

    /** The batch, so that Ratis counts its bytes against the limit of what may be pending. */
    @Override
    public ByteString getContent() {
        return content;
    }
}
