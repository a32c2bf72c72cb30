package io.barnabas.log;

import io.barnabas.log.rules.rest.Idleness;
import io.barnabas.log.rules.rest.RestAction;
import io.barnabas.log.rules.rest.RestMachine;
import io.barnabas.log.rules.rest.RestMachine.State;
import io.barnabas.log.rules.rest.RestPoint;
import io.barnabas.log.rules.rest.RestRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.apache.ratis.server.RaftServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets one replica rest and wake: does what {@link RestMachine} wants, and holds back what must go through Raft until
 * the replica leads again. Any thread.
 */
final class ReplicaRest {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicaRest.class);
    private static final long MIN_POSTPONE_MS = 500;
    private static final long MAX_POSTPONE_MS = 60_000;
    private static final long SEAL_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long LEADERLESS_MS = 1_500;

    private final RatisPartitionReplica replica;
    private final RestingNode node;
    private final WaitingForLead waiting;

    /** Guarded by this, as all that is not volatile. */
    private final RestMachine machine;

    private final Map<Long, CompletableFuture<Boolean>> calls = new HashMap<>();
    private final List<CompletableFuture<Void>> stopping = new ArrayList<>();
    private final Idleness idleness = new Idleness();
    private long lastCall;
    private long postponedUntilMs;
    private long leaderlessSinceMs = -1;
    private volatile State state = State.AWAKE;
    /** Who led when the group went to rest, while no division knows better. */
    private volatile Optional<RestPoint> shown = Optional.empty();

    private volatile boolean confirmed = true;
    private volatile boolean intact;

    ReplicaRest(RatisPartitionReplica replica, RestingNode node) {
        this.replica = replica;
        this.node = node;
        this.machine = new RestMachine(node.nodeId());
        this.waiting = new WaitingForLead(replica, node.blocking(), this::show);
    }

    /** The replica was found resting when the node started. */
    void restored(RestPoint point) {
        confirmed = false;
        intact = true;
        run(rest -> {
            rest.restored(point);
            return List.of();
        });
    }

    void confirm() {
        confirmed = true;
    }

    boolean isConfirmed() {
        return confirmed;
    }

    /** Where the replica is. */
    State state() {
        return state;
    }

    /** The point where the replica rests; empty when it does not. */
    Optional<RestPoint> resting() {
        return state == State.RESTING ? shown : Optional.empty();
    }

    /** Who leads, as it was agreed, while the division is closed or does not know of a leader yet. */
    Optional<RestPoint> shown() {
        return shown;
    }

    /** Whether the leader of a group at rest may answer for it. */
    boolean mayServe() {
        return confirmed && node.isHeard();
    }

    /** Whether the log outlives the division that is being closed. */
    boolean keepsLog() {
        return state == State.CLOSING;
    }

    /** Whether the division that is being opened is this replica's, which had another before. */
    boolean isOpening() {
        return state == State.OPENING;
    }

    /** Whether that division goes on with the log of before: it was left as agreed, and nothing is written at rest. */
    boolean isLogIntact() {
        return intact;
    }

    /** Hands something to Raft, at once or when this replica leads again; in order. */
    void pass(WaitingForLead.Proposal proposal) {
        if (state == State.AWAKE && waiting.passes()) {
            proposal.go();
        } else if (shown.filter(at -> at.leader() != node.nodeId()).isPresent()) {
            proposal.refuse(AppendRefusal.NOT_LEADER, replica + " is not led here");
        } else if (waiting.hold(proposal, () -> state == State.AWAKE)) {
            run(RestMachine::needed);
        }
    }

    /** This replica leads. */
    void led() {
        waiting.led();
    }

    /** Perhaps another leads. */
    void leaderChanged() {
        waiting.leaderChanged();
    }

    /** For how many milliseconds a partition that is awake and led here has been idle; empty for others. */
    OptionalLong idleMs(long nowMs) {
        Optional<RaftServer.Division> running = replica.division();
        if (state != State.AWAKE
                || running.isEmpty()
                || replica.log() == null
                || replica.failure().isPresent()
                || !running.get().getInfo().isLeader()) {
            return OptionalLong.empty();
        }
        long last = running.get().getRaftLog().getNextIndex();
        synchronized (this) {
            long idle = idleness.seen(running.get().getInfo().getCurrentTerm(), last, nowMs);
            return nowMs < postponedUntilMs ? OptionalLong.empty() : OptionalLong.of(idle);
        }
    }

    /** Lets a partition that is led here rest, when all its members can. */
    void idle() {
        ReplicaLog log = replica.log();
        replica.division()
                .filter(running -> log != null)
                .flatMap(running -> RestFacts.settled(running, log))
                .filter(point -> node.isFree(replica.groupId(), Optional.of(point)))
                .ifPresent(point -> run(rest -> rest.idle(point)));
    }

    /** Wakes the members that an open replica misses. */
    void lookForMissing(long nowMs) {
        Optional<RaftServer.Division> running = replica.division();
        if (state != State.AWAKE || running.isEmpty() || replica.failure().isPresent()) {
            return;
        }
        boolean leaderless = running.get().getInfo().getLeaderId() == null;
        synchronized (this) {
            if (!leaderless) {
                leaderlessSinceMs = -1;
            } else if (leaderlessSinceMs < 0) {
                leaderlessSinceMs = nowMs;
            }
            if (leaderless && nowMs - leaderlessSinceMs < LEADERLESS_MS) {
                return;
            }
        }
        Collection<Integer> missing = RestFacts.missing(running.get());
        if (!missing.isEmpty()) {
            run(rest -> rest.silent(missing));
        }
    }

    /** Another node's request. */
    CompletableFuture<Boolean> answer(RestRequest request) {
        boolean opening = state == State.AWAKE && replica.division().isEmpty();
        if (opening) {
            return CompletableFuture.completedFuture(false);
        }
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        long call;
        synchronized (this) {
            call = ++lastCall;
            calls.put(call, answer);
        }
        Optional<RestPoint> point = request.point();
        switch (request.kind()) {
            case WAKE -> run(rest -> rest.wakeAsked(call));
            case ASK -> run(rest -> rest.asked(call, isAble(point)));
            case REST -> {
                boolean able = isAble(point);
                run(rest -> rest.told(call, point.orElseThrow(), able));
            }
        }
        return answer;
    }

    private boolean isAble(Optional<RestPoint> point) {
        Optional<RaftServer.Division> running = replica.division();
        ReplicaLog log = replica.log();
        return point.isPresent()
                && running.isPresent()
                && log != null
                && replica.failure().isEmpty()
                && node.isFree(replica.groupId(), point)
                && RestFacts.standsAt(running.get(), log, point.get());
    }

    /** The replica must not rest on. */
    void lost(boolean first) {
        run(rest -> rest.lost(first));
    }

    /** Stops resting and waking for good; completes when nothing of it is under way. */
    CompletableFuture<Void> stop() {
        CompletableFuture<Void> stopped = new CompletableFuture<>();
        synchronized (this) {
            stopping.add(stopped);
        }
        run(rest -> List.of());
        return stopped;
    }

    private void run(Function<RestMachine, List<RestAction>> event) {
        List<RestAction> actions;
        List<CompletableFuture<Void>> stopped = List.of();
        synchronized (this) {
            actions = new ArrayList<>(event.apply(machine));
            boolean idle = machine.state() != State.CLOSING && machine.state() != State.OPENING;
            if (idle && !stopping.isEmpty()) {
                actions.addAll(machine.stopped());
                stopped = List.copyOf(stopping);
                stopping.clear();
            }
            if (state != machine.state()) {
                LOG.debug("{}: {} after {}", replica, machine.state(), state);
                state = machine.state();
            }
            show();
        }
        actions.forEach(this::take);
        stopped.forEach(done -> done.complete(null));
        if (state == State.AWAKE || state == State.STOPPED) {
            waiting.mayGoOn();
        }
    }

    private synchronized void show() {
        boolean divisionTells = switch (machine.state()) {
            case ASKING, STOPPED -> true;
            case AWAKE -> waiting.passes();
            case GATHERING, CLOSING, RESTING, OPENING, RISING -> false;
        };
        shown = divisionTells ? Optional.empty() : machine.point();
    }

    private void take(RestAction action) {
        switch (action) {
            case RestAction.Send send -> send(send);
            case RestAction.Answer answer -> {
                CompletableFuture<Boolean> call;
                synchronized (this) {
                    call = calls.remove(answer.call());
                }
                call.complete(answer.yes());
            }
            case RestAction.Close close -> node.closing(() -> close(close.point()));
            case RestAction.Open open -> node.run(this::open);
            case RestAction.Stand stand -> node.run(this::stand);
            case RestAction.Postpone postpone -> {
                synchronized (this) {
                    postponedUntilMs = node.nowMs() + Math.clamp(node.idleMs(), MIN_POSTPONE_MS, MAX_POSTPONE_MS);
                }
            }
        }
    }

    private void send(RestAction.Send send) {
        RestRequest request = send.kind() == RestRequest.Kind.WAKE
                ? RestRequest.wake(replica.groupId())
                : new RestRequest(send.kind(), replica.groupId(), Optional.of(send.point()));
        node.put(send.to(), request)
                .thenAccept(yes -> run(rest -> rest.answered(send.to(), send.kind(), send.attempt(), yes)));
    }

    private void close(RestPoint point) {
        boolean agreed = false;
        try {
            agreed = closeDivision(point);
        } catch (IOException | RuntimeException e) {
            LOG.warn("{}: could not go to rest", replica, e);
        }
        boolean rests = agreed;
        intact = rests;
        run(rest -> rest.closed(rests));
        if (rests) {
            LOG.debug("{} rests at {}", replica, point);
        }
    }

    private boolean closeDivision(RestPoint point) throws IOException {
        Optional<RaftServer.Division> running = replica.division();
        ReplicaLog log = replica.log();
        if (running.isEmpty() || replica.failure().isPresent() || !RestFacts.holds(running.get(), log, point)) {
            return false;
        }
        replica.detached();
        CompletableFuture<Void> closed = node.closeDivision(replica.groupId());
        awaitSealed(running.get(), closed);
        run(RestMachine::sealed);
        closed.join();
        return replica.failure().isEmpty()
                && ((PartitionStateMachine) running.get().getStateMachine()).writeRest(point);
    }

    /** Ratis leaves elections first, and then takes up to a second for its log's threads. */
    private static void awaitSealed(RaftServer.Division running, CompletableFuture<Void> closed) {
        while (!closed.isDone() && !running.getInfo().getLifeCycleState().isClosingOrClosed()) {
            LockSupport.parkNanos(SEAL_POLL_NANOS);
        }
    }

    private void open() {
        if (node.isStopping()) {
            return;
        }
        try {
            replica.files().unmarkRest();
            if (!intact && !node.runs(replica.groupId())) {
                replica.dropLog();
            }
            node.openDivision(replica.groupId()).join();
        } catch (IOException | RuntimeException e) {
            Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
            if (node.isStopping()) {
                LOG.debug("{}: was not woken before the node stopped", replica, cause);
                return;
            }
            replica.fail("cannot be woken: " + cause, cause);
        }
        confirmed = true;
        run(RestMachine::opened);
    }

    /** The others are awake: no need to wait for the election timeout. */
    private void stand() {
        replica.division().ifPresent(running -> {
            try {
                RaisedElection.start(running);
            } catch (IOException | RuntimeException e) {
                LOG.debug("{}: does not stand for election at once", replica, e);
            }
        });
    }
}
