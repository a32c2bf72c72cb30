package io.barnabas.log;

import io.barnabas.log.rules.LogEntry;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/** A trim on its way through Raft on the leader; like {@link PendingAppend} it never leaves the process as a request. */
final class PendingTrim implements Message {

    private final LogEntry.Trim entry;
    private final CompletableFuture<TrimOutcome> outcome = new CompletableFuture<>();

    PendingTrim(LogEntry.Trim entry) {
        this.entry = entry;
    }

    LogEntry.Trim entry() {
        return entry;
    }

    CompletableFuture<TrimOutcome> outcome() {
        return outcome;
    }

    @Override
    public ByteString getContent() {
        return UnsafeByteOperations.unsafeWrap(entry.encode());
    }
}
