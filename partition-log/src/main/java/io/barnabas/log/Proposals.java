package io.barnabas.log;

import io.barnabas.log.PartitionReplica.Acks;
import io.barnabas.log.PartitionReplica.Offsets;
import io.barnabas.log.rules.LogEntry;
import io.barnabas.log.rules.SequenceCheck;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.exceptions.AlreadyClosedException;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.apache.ratis.protocol.exceptions.LeaderSteppingDownException;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.ResourceUnavailableException;
import org.apache.ratis.protocol.exceptions.ServerNotReadyException;
import org.apache.ratis.server.RaftServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings appends and trims into the Raft group of a replica that leads it, and tells what became of them. */
final class Proposals {

    private static final Logger LOG = LoggerFactory.getLogger(Proposals.class);

    private final RatisPartitionReplica replica;
    private final Executor blocking;
    private final InsyncReplicas insync;
    private final ClientId clientId = ClientId.randomId();
    private final AtomicLong callIds = new AtomicLong();

    Proposals(RatisPartitionReplica replica, Executor blocking) {
        this.replica = replica;
        this.blocking = blocking;
        this.insync = new InsyncReplicas(() -> replica.division().orElseThrow(), blocking);
    }

    void append(PendingAppend pending) {
        Optional<AppendOutcome.Refused> unable = replica.unable();
        if (unable.isPresent()) {
            pending.outcome().complete(unable.get());
            return;
        }
        int required = replica.config().minInsyncReplicas();
        if (pending.acks() == Acks.MAJORITY && replica.leadership().local() && insync.isAboveMajority(required)) {
            int live = insync.live();
            if (live < required) {
                pending.outcome()
                        .complete(new AppendOutcome.Refused(
                                AppendRefusal.NOT_ENOUGH_REPLICAS,
                                replica + " has " + live + " reachable replicas, min.insync.replicas asks for "
                                        + required));
                return;
            }
        }
        submit(pending, (reply, error) -> answered(pending, reply, error));
    }

    private void submit(Message message, BiConsumer<RaftClientReply, Throwable> answered) {
        RaftServer.Division running = replica.division().orElseThrow();
        RaftClientRequest request = RaftClientRequest.newBuilder()
                .setClientId(clientId)
                .setServerId(running.getId())
                .setGroupId(running.getMemberId().getGroupId())
                .setCallId(callIds.incrementAndGet())
                .setMessage(message)
                .setType(RaftClientRequest.writeRequestType())
                .build();
        try {
            // The cast spares a hop through Ratis' executor that RaftServer.submitClientRequestAsync takes.
            ((RaftClientAsynchronousProtocol) running)
                    .submitClientRequestAsync(request)
                    .whenComplete(answered);
        } catch (IOException | RuntimeException e) {
            answered.accept(null, e);
        }
    }

    private void answered(PendingAppend pending, RaftClientReply reply, Throwable error) {
        if (reply != null && reply.isSuccess()) {
            return;
        }
        SequenceCheck check = pending.refusedBy();
        if (check != null) {
            refuseBySequence(pending, check);
            return;
        }
        Throwable cause = causeOf(reply, error);
        pending.outcome().complete(new AppendOutcome.Refused(reason(cause), replica + ": " + cause));
    }

    private static Throwable causeOf(RaftClientReply reply, Throwable error) {
        Throwable cause = reply != null ? reply.getException() : error;
        return cause instanceof CompletionException wrapped && wrapped.getCause() != null ? wrapped.getCause() : cause;
    }

    CompletableFuture<TrimOutcome> trimTo(long offset) {
        Optional<AppendOutcome.Refused> unable = replica.unable();
        if (unable.isPresent()) {
            return CompletableFuture.completedFuture(
                    new TrimOutcome.Refused(unable.get().reason(), unable.get().message()));
        }
        if (!replica.leadership().local()) {
            return CompletableFuture.completedFuture(
                    new TrimOutcome.Refused(AppendRefusal.NOT_LEADER, replica + " is not led here"));
        }
        Offsets offsets = replica.offsets();
        long start = offset == PartitionReplica.HIGH_WATERMARK ? offsets.highWatermark() : offset;
        if (start < 0 || start > offsets.highWatermark()) {
            return CompletableFuture.completedFuture(new TrimOutcome.OutOfRange(offsets.highWatermark()));
        }
        if (start <= offsets.logStartOffset()) {
            return CompletableFuture.completedFuture(new TrimOutcome.Trimmed(offsets.logStartOffset()));
        }
        PendingTrim pending = new PendingTrim(new LogEntry.Trim(start));
        submit(pending, (reply, error) -> {
            if (reply == null || !reply.isSuccess()) {
                Throwable cause = causeOf(reply, error);
                pending.outcome().complete(new TrimOutcome.Refused(reason(cause), replica + ": " + cause));
            }
        });
        return pending.outcome();
    }

    private AppendRefusal reason(Throwable cause) {
        return switch (cause) {
            case NotLeaderException e -> AppendRefusal.NOT_LEADER;
            case LeaderNotReadyException e -> AppendRefusal.NOT_LEADER;
            case LeaderSteppingDownException e -> AppendRefusal.NOT_LEADER;
            case ServerNotReadyException e -> AppendRefusal.NOT_LEADER;
            case AlreadyClosedException e -> AppendRefusal.CLOSED;
            case ResourceUnavailableException e -> AppendRefusal.OVERLOADED;
            case null, default -> {
                if (replica.status().failure().isPresent()) {
                    yield AppendRefusal.STORAGE_FAILED;
                }
                LOG.warn("{}: a proposal failed", replica, cause);
                yield AppendRefusal.NOT_LEADER;
            }
        };
    }

    private void refuseBySequence(PendingAppend pending, SequenceCheck check) {
        switch (check) {
            case SequenceCheck.Duplicate twin -> awaitTwin(pending, twin);
            case SequenceCheck.OutOfOrder late ->
                pending.outcome()
                        .complete(new AppendOutcome.Refused(AppendRefusal.OUT_OF_ORDER_SEQUENCE, late.message()));
            case SequenceCheck.Fenced fenced ->
                pending.outcome()
                        .complete(new AppendOutcome.Refused(AppendRefusal.INVALID_PRODUCER_EPOCH, fenced.message()));
            case SequenceCheck.Next next -> throw new IllegalStateException("the next batch is never refused");
        }
    }

    /** A duplicate is answered when its first copy is committed, since that copy may still be lost with the leader. */
    private void awaitTwin(PendingAppend pending, SequenceCheck.Duplicate twin) {
        if (replica.log().highWatermark() > twin.lastOffset()) {
            pending.outcome()
                    .complete(new AppendOutcome.Duplicate(
                            twin.baseOffset(), replica.offsets().logStartOffset()));
        } else if (!replica.leadership().local()) {
            pending.outcome().complete(new AppendOutcome.Refused(AppendRefusal.NOT_LEADER, replica + " lost the lead"));
        } else {
            replica.whenAbove(twin.lastOffset(), () -> blocking.execute(() -> awaitTwin(pending, twin)));
        }
    }

    /** A majority has the batch; more may have to. */
    void committed(PendingAppend pending, long baseOffset, long index) {
        int required = replica.config().minInsyncReplicas();
        if (pending.acks() == Acks.MAJORITY && insync.isAboveMajority(required)) {
            insync.await(index, required, new InsyncReplicas.Answer() {
                @Override
                public void enough() {
                    complete(pending, baseOffset);
                }

                @Override
                public void failed(AppendRefusal reason, String message) {
                    pending.outcome().complete(new AppendOutcome.Refused(reason, replica + ": " + message));
                }
            });
        } else {
            complete(pending, baseOffset);
        }
    }

    void complete(PendingAppend pending, long baseOffset) {
        pending.outcome()
                .complete(new AppendOutcome.Appended(
                        baseOffset, replica.offsets().logStartOffset(), pending.logAppendTimeMs()));
    }
}
