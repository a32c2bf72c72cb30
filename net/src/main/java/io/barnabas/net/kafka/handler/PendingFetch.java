package io.barnabas.net.kafka.handler;

import io.barnabas.log.PartitionReplica;
import io.barnabas.log.PartitionReplica.EpochEnd;
import io.barnabas.log.PartitionReplica.Leadership;
import io.barnabas.log.PartitionReplica.Offsets;
import io.barnabas.log.PartitionReplica.Registration;
import io.barnabas.log.ReadOutcome;
import io.barnabas.metadata.rules.Endpoint;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.RequestContext;
import io.barnabas.net.kafka.SliceRecords;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.EpochEndOffset;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.LeaderIdAndEpoch;
import org.apache.kafka.common.message.FetchResponseData.NodeEndpoint;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One fetch from its first look at the partitions to its response. It reads, and when too little is there it waits:
 * not on a thread but on its partitions, each of which wakes it, and on one timer. Lives on its connection's event
 * loop.
 */
final class PendingFetch {

    private static final Logger LOG = LoggerFactory.getLogger(PendingFetch.class);
    private static final int FIRST_VERSION_WITH_LEADERS = 12;
    private static final int FIRST_VERSION_WITH_ENDPOINTS = 16;
    private static final long UNKNOWN = -1;
    private static final byte READ_COMMITTED = 1;

    private final Broker broker;
    private final Partitions partitions;
    private final RequestContext context;
    private final FetchRequestData request;
    private final Map<FetchSession.Key, FetchSession.Wanted> wanted;
    private final Supplier<Optional<FetchSession>> session;
    private final boolean incremental;
    private final long deadlineNanos;
    private final CompletableFuture<FetchResponseData> response = new CompletableFuture<>();
    private final List<Registration> registrations = new ArrayList<>();
    private ScheduledFuture<?> timer;

    /**
     * A fetch to be started.
     *
     * @param session gives the session that the response belongs to, when there is one; asked when the response is final
     * @param incremental whether the response names only what is new to the session
     */
    PendingFetch(
            Broker broker,
            RequestContext context,
            FetchRequestData request,
            Map<FetchSession.Key, FetchSession.Wanted> wanted,
            Supplier<Optional<FetchSession>> session,
            boolean incremental) {
        this.broker = broker;
        this.partitions = new Partitions(broker);
        this.context = context;
        this.request = request;
        this.wanted = wanted;
        this.session = session;
        this.incremental = incremental;
        this.deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Math.max(0, request.maxWaitMs()));
    }

    /** Reads; the response is cancelled when the connection ends first, and then nothing stays behind. */
    CompletableFuture<FetchResponseData> start() {
        response.whenComplete((done, error) -> {
            if (error != null) {
                stopWaiting();
            }
        });
        attempt();
        return response;
    }

    /**
     * What one look at a partition found.
     *
     * @param watched the replica and the high watermark seen, when more records there would help
     */
    private record Found(PartitionData data, boolean error, int bytes, Optional<Watched> watched) {}

    private record Watched(PartitionReplica replica, long highWatermark) {}

    private void attempt() {
        Map<FetchSession.Key, Found> found = new LinkedHashMap<>();
        try {
            attempt(found);
        } catch (RuntimeException e) {
            found.values().forEach(PendingFetch::release);
            response.completeExceptionally(e);
        }
    }

    private void attempt(Map<FetchSession.Key, Found> found) {
        int room = Math.min(request.maxBytes(), broker.settings().maxFetchBytes());
        long bytes = 0;
        boolean error = false;
        for (Map.Entry<FetchSession.Key, FetchSession.Wanted> entry : wanted.entrySet()) {
            int left = (int) Math.max(0, room - bytes);
            Found one = look(entry.getKey(), entry.getValue(), left, bytes == 0);
            found.put(entry.getKey(), one);
            bytes += one.bytes();
            error |= one.error();
        }
        long waitNanos = deadlineNanos - System.nanoTime();
        // A client that asks for more than a response may hold gets a full one.
        int enough = Math.min(request.minBytes(), room);
        if (error || wanted.isEmpty() || bytes >= enough || waitNanos <= 0) {
            respond(found);
        } else {
            found.values().forEach(PendingFetch::release);
            await(found, waitNanos);
        }
    }

    private static void release(Found found) {
        if (found.data().records() instanceof SliceRecords slice) {
            slice.release();
        }
    }

    private void await(Map<FetchSession.Key, Found> found, long waitNanos) {
        AtomicBoolean awake = new AtomicBoolean();
        Runnable wake = () -> {
            if (awake.compareAndSet(false, true)) {
                wakeUp();
            }
        };
        timer = context.eventLoop().schedule(wake, waitNanos, TimeUnit.NANOSECONDS);
        for (Found one : found.values()) {
            one.watched()
                    .ifPresent(
                            watched -> registrations.add(watched.replica().whenAbove(watched.highWatermark(), wake)));
        }
    }

    /** Called by partitions on their own threads, which must not suffer from what goes on here. */
    private void wakeUp() {
        try {
            context.eventLoop().execute(this::again);
        } catch (RejectedExecutionException e) {
            LOG.debug("a fetch of {} was woken after the listener's end", context.remote(), e);
        }
    }

    private void again() {
        if (!response.isDone()) {
            stopWaiting();
            attempt();
        }
    }

    private void stopWaiting() {
        if (timer != null) {
            timer.cancel(false);
        }
        registrations.forEach(Registration::close);
        registrations.clear();
    }

    private Found look(FetchSession.Key key, FetchSession.Wanted want, int room, boolean first) {
        return switch (partitions.leader(key.topicId(), key.topic(), key.partition(), want.leaderEpoch())) {
            case Partitions.Lookup.Not not -> failed(key, not.error(), not.leader());
            case Partitions.Lookup.Led led -> read(key, want, led, room, first);
        };
    }

    private Found failed(FetchSession.Key key, Errors error, Leadership leader) {
        PartitionData data = bare(key).setErrorCode(error.code());
        boolean elsewhere = error == Errors.NOT_LEADER_OR_FOLLOWER || error == Errors.FENCED_LEADER_EPOCH;
        if (elsewhere && context.apiVersion() >= FIRST_VERSION_WITH_LEADERS && leader.leader() >= 0) {
            data.setCurrentLeader(
                    new LeaderIdAndEpoch().setLeaderId(leader.leader()).setLeaderEpoch(leader.epoch()));
        }
        return new Found(data, true, 0, Optional.empty());
    }

    private PartitionData bare(FetchSession.Key key) {
        // Nobody aborts transactions here; a client that reads uncommitted records is not told of any, as the
        // protocol has it.
        return new PartitionData()
                .setAbortedTransactions(request.isolationLevel() == READ_COMMITTED ? List.of() : null)
                .setPartitionIndex(key.partition())
                .setHighWatermark(UNKNOWN)
                .setLastStableOffset(UNKNOWN)
                .setLogStartOffset(UNKNOWN)
                .setRecords(MemoryRecords.EMPTY);
    }

    private Found read(
            FetchSession.Key key, FetchSession.Wanted want, Partitions.Lookup.Led led, int room, boolean first) {
        PartitionReplica replica = led.replica();
        if (want.lastFetchedEpoch() >= 0) {
            EpochEnd end = replica.endOf(want.lastFetchedEpoch());
            if (end.leaderEpoch() < 0) {
                return failed(key, Errors.OFFSET_OUT_OF_RANGE, replica.leadership());
            }
            if (end.leaderEpoch() < want.lastFetchedEpoch() || end.endOffset() < want.offset()) {
                // KIP-595: the client's log went another way from here on.
                PartitionData data = bounds(bare(key), replica.offsets())
                        .setDivergingEpoch(
                                new EpochEndOffset().setEpoch(end.leaderEpoch()).setEndOffset(end.endOffset()));
                return new Found(data, true, 0, Optional.empty());
            }
        }
        int maxBytes = Math.min(room, Math.max(0, want.maxBytes()));
        return switch (replica.read(want.offset(), maxBytes, first)) {
            case ReadOutcome.OutOfRange out
            when isUncommitted(want.offset(), out.offsets()) ->
                new Found(bounds(bare(key), out.offsets()), false, 0, Optional.of(new Watched(replica, want.offset())));
            case ReadOutcome.OutOfRange out ->
                failed(key, Errors.OFFSET_OUT_OF_RANGE, led.replica().leadership());
            case ReadOutcome.Unavailable gone ->
                failed(key, Errors.KAFKA_STORAGE_ERROR, led.replica().leadership());
            case ReadOutcome.Records records -> {
                PartitionData data =
                        bounds(bare(key), records.offsets()).setRecords(new SliceRecords(records.records()));
                yield new Found(
                        data,
                        false,
                        records.records().sizeInBytes(),
                        Optional.of(new Watched(
                                replica,
                                Math.max(want.offset(), records.offsets().highWatermark()))));
            }
        };
    }

    /** A reader that is ahead of the high watermark waits for it; out of range is what no record was written at. */
    private static boolean isUncommitted(long offset, Offsets offsets) {
        return offset > offsets.highWatermark() && offset <= offsets.logEndOffset();
    }

    /** Without transactions every committed record is stable. */
    private static PartitionData bounds(PartitionData data, Offsets offsets) {
        return data.setHighWatermark(offsets.highWatermark())
                .setLastStableOffset(offsets.highWatermark())
                .setLogStartOffset(offsets.logStartOffset());
    }

    private void respond(Map<FetchSession.Key, Found> found) {
        FetchResponseData data = new FetchResponseData();
        session.get()
                .ifPresentOrElse(
                        one -> tell(one, found, data), () -> found.forEach((key, one) -> add(data, key, one.data())));
        addEndpoints(data);
        response.complete(data);
    }

    private void tell(FetchSession told, Map<FetchSession.Key, Found> found, FetchResponseData data) {
        synchronized (told) {
            data.setSessionId(told.id());
            found.forEach((key, one) -> {
                PartitionData partition = one.data();
                boolean news = told.tell(
                        key, one.bytes() > 0, one.error(), partition.highWatermark(), partition.logStartOffset());
                if (news || !incremental) {
                    add(data, key, partition);
                } else {
                    release(one);
                }
            });
        }
    }

    private static void add(FetchResponseData response, FetchSession.Key key, PartitionData data) {
        List<FetchableTopicResponse> topics = response.responses();
        FetchableTopicResponse last = topics.isEmpty() ? null : topics.getLast();
        boolean same = last != null
                && (Uuid.ZERO_UUID.equals(key.topicId())
                        ? last.topic().equals(key.topic())
                        : last.topicId().equals(key.topicId()));
        if (!same) {
            last = new FetchableTopicResponse().setTopic(key.topic()).setTopicId(key.topicId());
            topics.add(last);
        }
        last.partitions().add(data);
    }

    private void addEndpoints(FetchResponseData data) {
        if (context.apiVersion() < FIRST_VERSION_WITH_ENDPOINTS) {
            return;
        }
        data.responses().stream()
                .flatMap(topic -> topic.partitions().stream())
                .filter(partition -> partition.errorCode() != Errors.NONE.code())
                .map(partition -> partition.currentLeader().leaderId())
                .filter(leader -> leader >= 0)
                .distinct()
                .forEach(leader -> broker.quorum().image().node(leader).ifPresent(node -> {
                    Endpoint endpoint = NodeEndpoints.of(node, context.listener());
                    data.nodeEndpoints()
                            .add(new NodeEndpoint()
                                    .setNodeId(node.id())
                                    .setHost(endpoint.host())
                                    .setPort(endpoint.port())
                                    .setRack(node.rack().orElse(null)));
                }));
    }
}
