package io.barnabas.log;

import io.barnabas.log.compact.CleanableLog;
import io.barnabas.log.directory.PartitionProperties;
import io.barnabas.log.index.IndexSink;
import io.barnabas.log.rules.ProducerEntry;
import io.barnabas.log.rules.RetentionRule;
import io.barnabas.log.rules.rest.RestPoint;
import io.barnabas.log.segment.CorruptLogException;
import io.barnabas.log.segment.DiskFault;
import io.barnabas.log.segment.SegmentLog;
import io.barnabas.log.segment.SegmentLogConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.util.LifeCycle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A replica whose division runs in this node's partition RaftServer. */
final class RatisPartitionReplica implements PartitionReplica {

    private static final Logger LOG = LoggerFactory.getLogger(RatisPartitionReplica.class);
    private static final long SNAPSHOT_TIMEOUT_MS = 10_000;
    private static final Offsets NO_OFFSETS = new Offsets(0, 0, 0);
    private static final Leadership NOBODY = new Leadership(-1, -1, false);

    private final UUID groupId;
    private final PartitionEnvironment environment;
    private final Consumer<PartitionReplica> electedListener;
    private final AppendIntake intake;
    private final FetchWaiters waiters = new FetchWaiters();
    private final Proposals proposals;
    private final ClientId clientId = ClientId.randomId();
    private final AtomicLong callIds = new AtomicLong();
    private final AtomicReference<String> failure = new AtomicReference<>();

    private final ReplicaScrub scrub;
    private final ReplicaRest rest;

    private volatile Path directory;
    private volatile PartitionProperties properties;
    private volatile LogConfig config;
    private volatile ReplicaLog log;
    private volatile RaftServer.Division division;
    private volatile CatchUpProgress catchUpProgress;
    private volatile boolean closed;

    RatisPartitionReplica(
            UUID groupId,
            Optional<PartitionSpec> spec,
            LogConfig defaults,
            PartitionEnvironment environment,
            RestingNode node,
            Consumer<PartitionReplica> electedListener) {
        this.groupId = groupId;
        this.environment = environment;
        this.proposals = new Proposals(this, environment.blocking());
        this.intake = new AppendIntake(environment.blocking(), environment.clockMs());
        this.electedListener = electedListener;
        this.scrub = new ReplicaScrub(environment.files());
        this.rest = new ReplicaRest(this, node);
        this.config = spec.map(PartitionSpec::config).orElse(defaults);
        this.properties = spec.map(s -> new PartitionProperties(s.topic(), s.partition()))
                .or(() -> environment.directories().nameOf(groupId))
                .orElse(null);
    }

    /** Reads, or writes for a new replica, the file that names the partition in its directory. */
    void openFiles(Path root) throws IOException {
        directory = root;
        if (properties == null) {
            properties = PartitionProperties.read(root);
        } else {
            properties.write(root);
        }
    }

    SegmentLog openSegments(long recoveryOffset) throws IOException {
        return SegmentLog.open(
                environment.files(), directory.resolve("log"), SegmentLogConfig.of(config), index(), recoveryOffset);
    }

    /** The partition's entries in the index of its directory. */
    IndexSink index() throws IOException {
        return environment.directories().index(groupId, directory);
    }

    CatchUp catchUp() {
        return new CatchUp(environment.files(), directory, SegmentLogConfig.of(config), environment.clockMs());
    }

    /**
     * Copies the leader's log in bulk.
     *
     * @param firstAvailable first Raft index that the leader still has
     * @return the entry from which Raft goes on; null to go on with Raft at once
     */
    TermIndex copyFrom(int leader, long firstAvailable) {
        ReplicaLog open = log;
        try (CatchUpSource.Session session = environment.catchUp().open(leader, groupId)) {
            AppliedState state = AppliedState.decode(session.appliedState());
            if (state.at().getIndex() <= open.applied().getIndex()) {
                return null;
            }
            if (state.at().getIndex() + 1 < firstAvailable) {
                throw new IOException("node " + leader + " has applied entry "
                        + state.at().getIndex() + " only, its log begins at " + firstAvailable);
            }
            LOG.info(
                    "{}: copying the log of node {} from offset {} to {}",
                    this,
                    leader,
                    open.highWatermark(),
                    state.snapshot().highWatermark());
            catchUp().copy(session, state, open.highWatermark(), this::moved);
            return state.at();
        } catch (IOException e) {
            LOG.warn("{}: copying the log of node {} failed and is tried again: {}", this, leader, e.toString());
            throw new UncheckedIOException(e);
        } finally {
            catchUpProgress = null;
        }
    }

    private void moved(CatchUpProgress progress, long bytes) {
        catchUpProgress = progress;
        synchronized (environment.catchUpThrottle()) {
            environment.catchUpThrottle().used(bytes);
        }
    }

    @Override
    public Optional<byte[]> appliedState() {
        ReplicaLog open = log;
        return open == null || !leadership().local()
                ? Optional.empty()
                : Optional.of(open.state().encode());
    }

    StartOffsetFile openStartOffset() throws IOException {
        return StartOffsetFile.read(environment.files(), directory.resolve("log"));
    }

    void opened(ReplicaLog opened) {
        log = opened;
    }

    /** The open log; null before and after. */
    ReplicaLog log() {
        return log;
    }

    /** Connects the replica with its running division. */
    void started(RaftServer.Division running) {
        division = running;
        if (failure.get() != null) {
            close(running);
        }
    }

    /**
     * Restores what the index lacks; a damaged segment fails the replica.
     *
     * @param pace is told of bytes passed, and may wait
     * @return whether anything was missing
     */
    boolean restoreIndex(LongConsumer pace) {
        ReplicaLog open = log;
        if (open == null || closed || failure.get() != null) {
            return false;
        }
        try {
            return open.segments().restoreIndex(pace);
        } catch (IOException e) {
            fail("cannot be read to restore its index: " + e.getMessage(), e);
            return true;
        }
    }

    boolean isScrubbable() {
        return log != null && !closed && failure.get() == null;
    }

    /** Whether there is anything to scrub: only closed segments are. */
    boolean hasClosedSegments() {
        ReplicaLog open = log;
        return open != null && open.segments().segments() > 1;
    }

    long scrubbedAtMs() {
        return scrub.scrubbedAtMs(directory);
    }

    /**
     * Checks the data of the closed segments; damage fails the replica, so that it is repaired from its peers.
     *
     * @param goOn is told of bytes read, and may wait; false ends it
     */
    void scrub(LongPredicate goOn) {
        ReplicaLog open = log;
        long now = environment.clockMs().getAsLong();
        try {
            scrub.run(
                    open.segments(),
                    directory,
                    open.highWatermark(),
                    now,
                    bytes -> isScrubbable() && log == open && goOn.test(bytes));
        } catch (IOException e) {
            // A log that was closed or replaced meanwhile says nothing of the one that serves.
            if (isScrubbable() && log == open) {
                fail("was found damaged while it was scrubbed: " + e.getMessage(), e);
            }
        }
    }

    void configure(LogConfig changed) {
        config = changed;
        ReplicaLog open = log;
        if (open != null) {
            open.segments().configure(SegmentLogConfig.of(changed));
        }
    }

    LogConfig config() {
        return config;
    }

    /** The log as the cleaner sees it, while it is served. */
    Optional<CleanableLog> cleanable() {
        ReplicaLog open = log;
        return open == null || closed || failure.get() != null
                ? Optional.empty()
                : Optional.of(new CleanableReplica(this, open));
    }

    /** Bytes of batches that a restart after a crash would check. */
    long bytesSinceSnapshot() {
        ReplicaLog open = log;
        return open == null || closed || failure.get() != null ? 0 : open.bytesSinceSnapshot();
    }

    /** Asks Ratis for a snapshot, unless nothing was applied since the last one. */
    void requestSnapshot() {
        RaftServer.Division running = division;
        if (running == null) {
            return;
        }
        environment.blocking().execute(() -> {
            try {
                running.getRaftServer()
                        .snapshotManagementAsync(SnapshotManagementRequest.newCreate(
                                clientId,
                                running.getId(),
                                running.getGroup().getGroupId(),
                                callIds.incrementAndGet(),
                                SNAPSHOT_TIMEOUT_MS,
                                1))
                        .exceptionally(error -> null);
            } catch (RuntimeException e) {
                LOG.debug("{}: asking for a snapshot failed", this, e);
            }
        });
    }

    /** The batch at that offset; an empty buffer when it was committed and is no more. */
    ByteBuffer batchAt(long baseOffset) throws IOException {
        ReplicaLog open = log;
        if (open == null) {
            throw new IOException(this + " is not open");
        }
        try {
            return open.batch(baseOffset).orElse(ByteBuffer.allocate(0));
        } catch (IOException | RuntimeException e) {
            failIfDamaged(e);
            throw e;
        }
    }

    /** Whether Ratis has closed the division of a replica that has not failed. */
    boolean isShutDown() {
        RaftServer.Division running = division;
        return running != null
                && failure.get() == null
                && running.getInfo().getLifeCycleState() == LifeCycle.State.CLOSED;
    }

    Optional<RaftServer.Division> division() {
        return Optional.ofNullable(division);
    }

    /** How the replica rests and wakes. */
    ReplicaRest rest() {
        return rest;
    }

    /** The division is about to be closed; the log is read on without it. */
    void detached() {
        division = null;
    }

    /** It is no longer written down that the replica rests. */
    void unmarkRest() throws IOException {
        RestMark.delete(environment.files(), directory);
    }

    void markRest(RestPoint point) throws IOException {
        RestMark.write(environment.files(), directory, groupId, point);
    }

    Optional<String> failure() {
        return Optional.ofNullable(failure.get());
    }

    /** Whether the open division leads and is ready. */
    boolean leadsByRaft() {
        RaftServer.Division running = division;
        return running != null && running.getInfo().isLeaderReady();
    }

    /** Whether the open division knows of another leader. */
    boolean isLedElsewhere() {
        RaftServer.Division running = division;
        RaftPeerId leader = running == null ? null : running.getInfo().getLeaderId();
        return leader != null && !leader.equals(running.getId());
    }

    @Override
    public UUID groupId() {
        return groupId;
    }

    @Override
    public String topic() {
        return properties == null ? groupId.toString() : properties.topic();
    }

    @Override
    public int partition() {
        return properties == null ? -1 : properties.partition();
    }

    @Override
    public Leadership leadership() {
        if (closed || failure.get() != null) {
            return NOBODY;
        }
        RaftServer.Division running = division;
        Optional<RestPoint> agreed = rest.shown();
        if (agreed.isPresent() && (running == null || running.getInfo().getLeaderId() == null)) {
            return agreed(agreed.get());
        }
        if (running == null) {
            return NOBODY;
        }
        DivisionInfo info = running.getInfo();
        RaftPeerId leader = info.getLeaderId();
        int epoch = Math.toIntExact(info.getCurrentTerm());
        if (leader == null) {
            return new Leadership(-1, epoch, false);
        }
        boolean local = leader.equals(running.getId()) && info.isLeaderReady();
        return new Leadership(Integer.parseInt(leader.toString()), epoch, local);
    }

    /** While the group rests, and until it has elected again, its leader is the one of before. */
    private Leadership agreed(RestPoint point) {
        return new Leadership(
                point.leader(),
                Math.toIntExact(point.term()),
                point.leader() == environment.nodeId() && rest.mayServe());
    }

    @Override
    public Offsets offsets() {
        ReplicaLog open = log;
        return open == null ? NO_OFFSETS : open.offsets();
    }

    @Override
    public OptionalInt latestEpoch() {
        ReplicaLog open = log;
        return open == null ? OptionalInt.empty() : open.epochs().latest();
    }

    @Override
    public Collection<ProducerEntry> producers() {
        ReplicaLog open = log;
        return open == null ? List.of() : open.committedProducers();
    }

    @Override
    public CompletableFuture<AppendOutcome> append(ByteBuffer batch, Acks acks) {
        return intake.take(batch, config, valid -> {
            PendingAppend pending = new PendingAppend(valid, acks);
            rest.pass(new AppendProposal(proposals, pending));
            return pending.outcome();
        });
    }

    @Override
    public CompletableFuture<TrimOutcome> trimTo(long offset) {
        if (!leadership().local()) {
            return proposals.trimTo(offset);
        }
        return whenLed()
                .thenCompose(led -> proposals.trimTo(offset))
                .exceptionally(error -> new TrimOutcome.Refused(AppendRefusal.NOT_LEADER, this + ": " + error));
    }

    /** Wakes the replica when it rests; completes when it leads, or leads or not without having rested. */
    CompletableFuture<Void> whenLed() {
        CompletableFuture<Void> led = new CompletableFuture<>();
        rest.pass(new WaitingForLead.Proposal() {
            @Override
            public int sizeInBytes() {
                return 0;
            }

            @Override
            public void go() {
                led.complete(null);
            }

            @Override
            public void refuse(AppendRefusal reason, String message) {
                led.completeExceptionally(new IOException(message));
            }
        });
        return led;
    }

    /** What is proposed to the group through this replica. */
    Proposals proposals() {
        return proposals;
    }

    /** Why nothing can be proposed here, empty when it can. */
    Optional<AppendOutcome.Refused> unable() {
        if (failure.get() != null) {
            return Optional.of(new AppendOutcome.Refused(AppendRefusal.STORAGE_FAILED, this + " " + failure.get()));
        }
        return division == null || closed
                ? Optional.of(new AppendOutcome.Refused(AppendRefusal.CLOSED, this + " is not open"))
                : Optional.empty();
    }

    /** Makes durable what lies in the page cache. */
    void flush() {
        ReplicaLog open = log;
        if (open != null && failure.get() == null) {
            try {
                open.sync();
            } catch (IOException | RuntimeException e) {
                fail("cannot write: " + e.getMessage(), e);
            }
        }
    }

    /** On the leader, gives up what retention no longer keeps. */
    void retain() {
        ReplicaLog open = log;
        LogConfig.Retention retention = config.retention();
        if (open == null || !retention.enabled() || !leadership().local()) {
            return;
        }
        Offsets offsets = open.offsets();
        long start = new RetentionRule(retention.ms(), retention.bytes())
                .startAfter(
                        open.segments().facts(),
                        offsets.logStartOffset(),
                        offsets.highWatermark(),
                        environment.clockMs().getAsLong());
        if (start > offsets.logStartOffset()) {
            LOG.info("{}: retention moves the log start from offset {} to {}", this, offsets.logStartOffset(), start);
            trimTo(start);
        }
    }

    /** The log start has moved: its files go on a thread that may wait for the disk. */
    void trimmed() {
        environment.blocking().execute(() -> {
            try {
                log.deleteTrimmed();
            } catch (IOException | RuntimeException e) {
                fail("cannot delete trimmed segments: " + e.getMessage(), e);
            }
        });
    }

    void advanced(long highWatermark) {
        waiters.advanced(highWatermark);
    }

    void leadershipChanged() {
        waiters.wakeAll();
        rest.leaderChanged();
    }

    void elected() {
        rest.led();
        electedListener.accept(this);
    }

    @Override
    public ReadOutcome read(long offset, int maxBytes, boolean atLeastOne) {
        ReplicaLog open = log;
        if (open == null || closed || failure.get() != null) {
            return new ReadOutcome.Unavailable(
                    this + " " + Optional.ofNullable(failure.get()).orElse("is not open"));
        }
        Offsets offsets = open.offsets();
        if (offset < offsets.logStartOffset() || offset > offsets.highWatermark()) {
            return new ReadOutcome.OutOfRange(offsets);
        }
        try {
            LogSlice slice = open.segments().slice(offset, offsets.highWatermark(), maxBytes, atLeastOne);
            return new ReadOutcome.Records(slice, offsets);
        } catch (IllegalArgumentException e) {
            Offsets now = open.offsets();
            if (offset < now.logStartOffset()) {
                // Trimmed between the look at the offsets and the read.
                return new ReadOutcome.OutOfRange(now);
            }
            throw e;
        } catch (IOException e) {
            if (log != open) {
                return new ReadOutcome.Unavailable(this + " is being opened again");
            }
            fail("cannot read at offset " + offset + ": " + e.getMessage(), e);
            return new ReadOutcome.Unavailable(this + " " + failure.get());
        }
    }

    @Override
    public Registration whenAbove(long offset, Runnable wake) {
        Registration registration = waiters.add(offset, wake);
        ReplicaLog open = log;
        if (closed || open == null || open.highWatermark() > offset) {
            registration.close();
            wake.run();
        }
        return registration;
    }

    @Override
    public CompletableFuture<TimestampOffset> offsetFor(OffsetQuery query) {
        ReplicaLog open = log;
        if (open == null) {
            return CompletableFuture.completedFuture(TimestampOffset.NONE);
        }
        Offsets offsets = open.offsets();
        return switch (query) {
            case OffsetQuery.Earliest earliest ->
                CompletableFuture.completedFuture(at(open, offsets.logStartOffset(), offsets.logStartOffset()));
            case OffsetQuery.Latest latest ->
                CompletableFuture.completedFuture(at(open, offsets.highWatermark(), offsets.highWatermark() - 1));
            case OffsetQuery.MaxTimestamp max ->
                search(() -> open.segments().findMaxTimestamp(offsets.logStartOffset(), offsets.highWatermark()));
            case OffsetQuery.AtOrAfter time ->
                search(() ->
                        open.segments().find(time.timestampMs(), offsets.logStartOffset(), offsets.highWatermark()));
        };
    }

    private static TimestampOffset at(ReplicaLog log, long offset, long epochOf) {
        return new TimestampOffset(offset, -1, log.epochs().epochOf(epochOf).orElse(-1));
    }

    private CompletableFuture<TimestampOffset> search(Search search) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return search.run();
                    } catch (IOException e) {
                        failIfDamaged(e);
                        throw new CompletionException(e);
                    }
                },
                environment.blocking());
    }

    @FunctionalInterface
    private interface Search {
        TimestampOffset run() throws IOException;
    }

    @Override
    public EpochEnd endOf(int leaderEpoch) {
        ReplicaLog open = log;
        if (open == null) {
            return EpochEnd.UNDEFINED;
        }
        return open.epochs().endOf(leaderEpoch, open.logEndOffset());
    }

    @Override
    public ReplicaStatus status() {
        ReplicaLog open = log;
        RaftServer.Division running = division;
        return new ReplicaStatus(
                open == null ? 0 : open.segments().sizeInBytes(),
                open == null ? 0 : open.segments().segments(),
                running == null ? Map.of() : FollowerLags.of(running),
                catchUpProgress(),
                scrub.status(),
                Optional.ofNullable(failure.get()));
    }

    /** A replica that runs but is no member of its group yet has all of its way before it. */
    private Optional<CatchUpProgress> catchUpProgress() {
        RaftServer.Division running = division;
        if (catchUpProgress != null || running == null || failure.get() != null) {
            return Optional.ofNullable(catchUpProgress);
        }
        return running.getRaftConf().getPeer(running.getId()) == null
                ? Optional.of(new CatchUpProgress(
                        0, offsets().highWatermark(), offsets().highWatermark(), 0))
                : Optional.empty();
    }

    /** Stops the replica for good until the node restarts; its division is closed so that another replica may lead. */
    void fail(String reason, Throwable cause) {
        if (failure.compareAndSet(null, reason)) {
            LOG.error("{} {}. The replica stops; the node and its other partitions go on.", this, reason, cause);
            environment.blocking().execute(() -> environment.directories().suspect(groupId));
            if (mayHaveLost(cause)) {
                environment.blocking().execute(() -> markForRepair(reason));
            }
            division().ifPresent(this::close);
            waiters.wakeAll();
        }
    }

    private void close(RaftServer.Division running) {
        environment.blocking().execute(() -> {
            try {
                running.close();
            } catch (RuntimeException e) {
                LOG.warn("{}: closing its Raft division failed", this, e);
            }
        });
    }

    /** Stops the replica when {@code e} tells of the disk, and not of a log that is closing. */
    void failIfDamaged(Exception e) {
        if (e instanceof DiskFault || e instanceof CorruptLogException) {
            fail("cannot read: " + e.getMessage(), e);
        }
    }

    private static boolean mayHaveLost(Throwable cause) {
        for (Throwable e = cause; e != null; e = e.getCause()) {
            if (e instanceof LostDataException || e instanceof DiskFault fault && fault.isLoss()) {
                return true;
            }
        }
        return false;
    }

    private void markForRepair(String reason) {
        try {
            RepairMark.write(environment.files(), directory.resolve("log"), reason);
        } catch (IOException e) {
            LOG.warn("{}: that it needs repair cannot be written down: {}", this, e.getMessage());
        }
    }

    /** @throws LostDataException when an earlier start had to give the replica up */
    void checkRepairMark() throws IOException {
        Optional<String> reason = RepairMark.read(environment.files(), directory.resolve("log"));
        if (reason.isPresent()) {
            throw new LostDataException("it was given up earlier because it " + reason.get()
                    + "; its files may lack what it has acknowledged until it is repaired");
        }
    }

    void closed() {
        closed = true;
        waiters.wakeAll();
    }

    /** Gives up a log that is not as a division's files say; the next division opens it anew. */
    void dropLog() throws IOException {
        ReplicaLog open = log;
        log = null;
        if (open != null) {
            open.close();
        }
    }

    /** Closes the log of a replica that has no division to do it. */
    void closeLog() {
        ReplicaLog open = log;
        if (open != null && !closed) {
            closed();
            try {
                open.close();
            } catch (IOException | RuntimeException e) {
                LOG.warn("{}: closing its log failed", this, e);
            }
        }
    }

    @Override
    public String toString() {
        return topic() + "-" + partition();
    }
}
