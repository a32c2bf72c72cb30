package io.barnabas.log;

import io.barnabas.log.directory.PartitionProperties;
import io.barnabas.log.rules.ProducerEntry;
import io.barnabas.log.rules.rest.RestPoint;
import io.barnabas.log.segment.SegmentLogConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.util.LifeCycle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A replica whose division runs in this node's partition RaftServer. */
final class RatisPartitionReplica implements PartitionReplica {

    private static final Logger LOG = LoggerFactory.getLogger(RatisPartitionReplica.class);
    private static final Offsets NO_OFFSETS = new Offsets(0, 0, 0);
    private static final Leadership NOBODY = new Leadership(-1, -1, false);

    private final UUID groupId;
    private final PartitionEnvironment environment;
    private final Consumer<PartitionReplica> electedListener;
    private final AppendIntake intake;
    private final Proposals proposals;
    private final ReplicaReads reads;
    private final ReplicaFiles files;
    private final ReplicaFailure failure;
    private final ReplicaUpkeep upkeep;
    private final ReplicaScrub scrub;
    private final LeaderCopy leaderCopy;
    private final ReplicaRest rest;

    private volatile LogConfig config;
    private volatile ReplicaLog log;
    private volatile RaftServer.Division division;
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
        this.reads = new ReplicaReads(this, environment.blocking());
        this.files = new ReplicaFiles(groupId, spec, environment);
        this.failure = new ReplicaFailure(this, environment);
        this.upkeep = new ReplicaUpkeep(this, environment);
        this.scrub = new ReplicaScrub(this, environment);
        this.leaderCopy = new LeaderCopy(this, environment);
        this.rest = new ReplicaRest(this, node);
        this.config = spec.map(PartitionSpec::config).orElse(defaults);
    }

    /** The replica's directory. */
    ReplicaFiles files() {
        return files;
    }

    /** What it answers to those who read. */
    ReplicaReads reads() {
        return reads;
    }

    /** What is done to it now and then. */
    ReplicaUpkeep upkeep() {
        return upkeep;
    }

    /** The check of its data. */
    ReplicaScrub scrub() {
        return scrub;
    }

    /** How it catches up when Raft cannot bring it up. */
    LeaderCopy leaderCopy() {
        return leaderCopy;
    }

    /** How it rests and wakes. */
    ReplicaRest rest() {
        return rest;
    }

    /** What is proposed to the group through it. */
    Proposals proposals() {
        return proposals;
    }

    @Override
    public Optional<byte[]> appliedState() {
        ReplicaLog open = log;
        return open == null || !leadership().local()
                ? Optional.empty()
                : Optional.of(open.state().encode());
    }

    void opened(ReplicaLog opened) {
        log = opened;
    }

    /** The open log; null before and after. */
    ReplicaLog log() {
        return log;
    }

    /** The open log of a replica that serves; null when it is not open, is closed or has failed. */
    ReplicaLog servedLog() {
        ReplicaLog open = log;
        return closed || failure.isThere() ? null : open;
    }

    /** Connects the replica with its running division. */
    void started(RaftServer.Division running) {
        division = running;
        if (failure.isThere()) {
            close(running);
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

    /** Whether Ratis has closed the division of a replica that has not failed. */
    boolean isShutDown() {
        RaftServer.Division running = division;
        return running != null && !failure.isThere() && running.getInfo().getLifeCycleState() == LifeCycle.State.CLOSED;
    }

    Optional<RaftServer.Division> division() {
        return Optional.ofNullable(division);
    }

    /** The division is about to be closed; the log is read on without it. */
    void detached() {
        division = null;
    }

    Optional<String> failure() {
        return failure.reason();
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
        PartitionProperties named = files.properties();
        return named == null ? groupId.toString() : named.topic();
    }

    @Override
    public int partition() {
        PartitionProperties named = files.properties();
        return named == null ? -1 : named.partition();
    }

    @Override
    public Leadership leadership() {
        if (closed || failure.isThere()) {
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
    public boolean isCaughtUp() {
        RaftServer.Division running = division;
        return running == null ? rest.shown().isPresent() : FollowerLags.isNone(running);
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
        rest.pass(new AwaitedLead(led));
        return led;
    }

    /** Why nothing can be proposed here, empty when it can. */
    Optional<AppendOutcome.Refused> unable() {
        if (failure.isThere()) {
            return Optional.of(new AppendOutcome.Refused(
                    AppendRefusal.STORAGE_FAILED, this + " " + failure.reason().orElseThrow()));
        }
        return division == null || closed
                ? Optional.of(new AppendOutcome.Refused(AppendRefusal.CLOSED, this + " is not open"))
                : Optional.empty();
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

    void leadershipChanged() {
        reads.wakeAll();
        rest.leaderChanged();
    }

    void elected() {
        rest.led();
        electedListener.accept(this);
    }

    @Override
    public ReadOutcome read(long offset, int maxBytes, boolean atLeastOne) {
        return reads.read(offset, maxBytes, atLeastOne);
    }

    @Override
    public Registration whenAbove(long offset, Runnable wake) {
        return reads.whenAbove(offset, wake);
    }

    @Override
    public CompletableFuture<TimestampOffset> offsetFor(OffsetQuery query) {
        return reads.offsetFor(query);
    }

    @Override
    public EpochEnd endOf(int leaderEpoch) {
        return reads.endOf(leaderEpoch);
    }

    @Override
    public ReplicaStatus status() {
        ReplicaLog open = log;
        RaftServer.Division running = division;
        return new ReplicaStatus(
                open == null ? 0 : open.segments().sizeInBytes(),
                open == null ? 0 : open.segments().segments(),
                running == null ? Map.of() : FollowerLags.of(running),
                leaderCopy.progress(),
                scrub.status(),
                failure.reason());
    }

    /** Stops the replica for good until the node restarts; its division is closed so that another replica may lead. */
    void fail(String reason, Throwable cause) {
        if (failure.happened(reason, cause)) {
            division().ifPresent(this::close);
            reads.wakeAll();
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

    boolean isClosed() {
        return closed;
    }

    void closed() {
        closed = true;
        reads.wakeAll();
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
