package io.barnabas.log.rules.rest;

import io.barnabas.log.rules.rest.RestRequest.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One replica between being awake, with a Raft division, and resting without one.
 *
 * <pre>
 *   leader:    AWAKE --idle--&gt; ASKING --all could--&gt; GATHERING --all others closed--&gt; CLOSING --&gt; RESTING
 *   follower:  AWAKE ----------------told to rest---------------------------------&gt; CLOSING --&gt; RESTING
 *   any:       RESTING --a write, a peer's wish, a lost leader--&gt; OPENING --&gt; RISING --majority awake--&gt; AWAKE
 * </pre>
 *
 * <p>Safety is Raft's alone: a closed division is a stopped member, whose term, vote and log are on its disk. What is
 * agreed keeps the group able to go on: nobody closes that lacks an entry, the leader closes last and so knows who
 * must be woken when something comes between, and whoever opens on its own account tells the others. A wish to wake
 * that gets lost is repeated by the members that are awake and miss somebody ({@link #silent}).
 *
 * <p>Not for several threads at a time.
 */
public final class RestMachine {

    /** Where the replica is. */
    public enum State {
        /** The division is open. */
        AWAKE,
        /** Open, leading, idle: the others are asked. */
        ASKING,
        /** Open, leading: the others are closing. */
        GATHERING,
        /** The division is being closed. */
        CLOSING,
        /** Closed; what is agreed is written down. */
        RESTING,
        /** The division is being opened. */
        OPENING,
        /** Open; waits for a majority to be awake before it stands for election. */
        RISING,
        /** The replica is closed for good. */
        STOPPED
    }

    private final int self;
    private State state = State.AWAKE;
    private Optional<RestPoint> point = Optional.empty();
    /** Answers to earlier attempts say nothing of this one. */
    private long attempt;

    private final Set<Integer> outstanding = new HashSet<>();
    private final Set<Integer> up = new HashSet<>();
    private final List<Long> restCalls = new ArrayList<>();
    private final List<Long> wakeCalls = new ArrayList<>();
    private boolean wakeAfterClose;
    private boolean stand;

    /** @param self the replica's node id */
    public RestMachine(int self) {
        this.self = self;
    }

    /** Where the replica is. */
    public State state() {
        return state;
    }

    /** What was agreed on last; while not awake it tells who led. */
    public Optional<RestPoint> point() {
        return point;
    }

    /** The replica was found at rest when its node started. */
    public void restored(RestPoint at) {
        point = Optional.of(at);
        state = State.RESTING;
    }

    /** This replica leads, nothing was written for long, and all members have everything. */
    public List<RestAction> idle(RestPoint at) {
        List<RestAction> actions = new ArrayList<>();
        if (state == State.AWAKE) {
            point = Optional.of(at);
            stand = false;
            if (at.members().size() == 1) {
                close(at, actions);
            } else {
                state = State.ASKING;
                sendAll(Kind.ASK, actions);
            }
        }
        return actions;
    }

    /** A leader asks whether this replica could rest; {@code able} says whether it stands at that point and is free. */
    public List<RestAction> asked(long call, boolean able) {
        return List.of(new RestAction.Answer(call, state == State.AWAKE && able));
    }

    /** A leader tells this replica to rest. */
    public List<RestAction> told(long call, RestPoint at, boolean able) {
        List<RestAction> actions = new ArrayList<>();
        boolean same = point.filter(at::equals).isPresent();
        if (state == State.AWAKE && able) {
            point = Optional.of(at);
            stand = false;
            restCalls.add(call);
            close(at, actions);
        } else if (state == State.CLOSING && same && !wakeAfterClose) {
            restCalls.add(call);
        } else {
            actions.add(new RestAction.Answer(call, state == State.RESTING && same));
        }
        return actions;
    }

    /** Another member wants this one to be awake. */
    public List<RestAction> wakeAsked(long call) {
        List<RestAction> actions = new ArrayList<>();
        switch (state) {
            case AWAKE, RISING, STOPPED -> actions.add(new RestAction.Answer(call, true));
            case ASKING, GATHERING -> {
                giveUp(actions);
                actions.add(new RestAction.Answer(call, true));
            }
            case CLOSING -> {
                wakeAfterClose = true;
                wakeCalls.add(call);
            }
            case RESTING -> {
                wakeCalls.add(call);
                open(false, actions);
            }
            case OPENING -> wakeCalls.add(call);
        }
        return actions;
    }

    /** Something here needs Raft, and this replica to lead: a write, a trim, a change of members. */
    public List<RestAction> needed() {
        List<RestAction> actions = new ArrayList<>();
        switch (state) {
            case AWAKE, RISING, STOPPED -> {}
            case ASKING, GATHERING -> giveUp(actions);
            case CLOSING -> {
                wakeAfterClose = true;
                stand = true;
            }
            case RESTING -> open(true, actions);
            case OPENING -> {
                if (!stand) {
                    stand = true;
                    sendAll(Kind.WAKE, actions);
                }
            }
        }
        return actions;
    }

    /**
     * The group cannot rest on: the node of its leader is lost, or another leads already.
     *
     * @param first whether this replica is the one that stands for election
     */
    public List<RestAction> lost(boolean first) {
        List<RestAction> actions = new ArrayList<>();
        if (state == State.RESTING) {
            open(first, actions);
        } else if (state == State.CLOSING) {
            wakeAfterClose = true;
            stand |= first;
        }
        return actions;
    }

    /** The replica is awake and misses these: they may rest. */
    public List<RestAction> silent(Collection<Integer> missing) {
        List<RestAction> actions = new ArrayList<>();
        if (state == State.AWAKE) {
            RestPoint none = new RestPoint(0, 0, self, List.of(self));
            missing.stream().sorted().forEach(to -> actions.add(new RestAction.Send(to, Kind.WAKE, none, attempt)));
        }
        return actions;
    }

    /** A member's answer; {@code false} also when none came. */
    public List<RestAction> answered(int from, Kind kind, long toAttempt, boolean yes) {
        List<RestAction> actions = new ArrayList<>();
        if (toAttempt != attempt || !outstanding.contains(from)) {
            return actions;
        }
        switch (kind) {
            case ASK -> {
                if (state == State.ASKING) {
                    agree(from, yes, actions);
                }
            }
            case REST -> {
                if (state == State.GATHERING) {
                    agree(from, yes, actions);
                }
            }
            case WAKE -> {
                outstanding.remove(from);
                if (yes) {
                    up.add(from);
                }
                if (state == State.RISING) {
                    rise(actions);
                }
            }
        }
        return actions;
    }

    private void agree(int from, boolean yes, List<RestAction> actions) {
        if (!yes) {
            giveUp(actions);
            actions.add(new RestAction.Postpone());
            return;
        }
        outstanding.remove(from);
        if (outstanding.isEmpty()) {
            if (state == State.ASKING) {
                state = State.GATHERING;
                sendAll(Kind.REST, actions);
            } else {
                close(point.orElseThrow(), actions);
            }
        }
    }

    /** The leader stays awake. Those that it told to rest are woken, whether they have answered or not. */
    private void giveUp(List<RestAction> actions) {
        boolean told = state == State.GATHERING;
        state = State.AWAKE;
        if (told) {
            sendAll(Kind.WAKE, actions);
        } else {
            attempt++;
        }
    }

    /**
     * The division that is being closed takes no part any more: it neither votes nor stands. The rest is about its
     * files, and nobody has to wait for that.
     */
    public List<RestAction> sealed() {
        List<RestAction> actions = new ArrayList<>();
        if (state == State.CLOSING && !wakeAfterClose) {
            restCalls.forEach(call -> actions.add(new RestAction.Answer(call, true)));
            restCalls.clear();
        }
        return actions;
    }

    /**
     * The division is closed.
     *
     * @param agreed whether the replica stands at the point, and it is written down
     */
    public List<RestAction> closed(boolean agreed) {
        List<RestAction> actions = new ArrayList<>();
        if (state != State.CLOSING) {
            return actions;
        }
        boolean rests = agreed && !wakeAfterClose;
        restCalls.forEach(call -> actions.add(new RestAction.Answer(call, rests)));
        restCalls.clear();
        if (rests) {
            state = State.RESTING;
        } else {
            open(stand, actions);
            if (!stand) {
                // The others may count on its rest by now.
                sendAll(Kind.WAKE, actions);
            }
        }
        return actions;
    }

    /** The division is open, or the replica has failed; both end the waiting of those who wished it awake. */
    public List<RestAction> opened() {
        List<RestAction> actions = new ArrayList<>();
        if (state != State.OPENING) {
            return actions;
        }
        wakeCalls.forEach(call -> actions.add(new RestAction.Answer(call, true)));
        wakeCalls.clear();
        if (stand) {
            state = State.RISING;
            rise(actions);
        } else {
            state = State.AWAKE;
        }
        return actions;
    }

    /** The replica is closed for good; only while nothing is under way. */
    public List<RestAction> stopped() {
        List<RestAction> actions = new ArrayList<>();
        restCalls.forEach(call -> actions.add(new RestAction.Answer(call, false)));
        wakeCalls.forEach(call -> actions.add(new RestAction.Answer(call, true)));
        restCalls.clear();
        wakeCalls.clear();
        state = State.STOPPED;
        return actions;
    }

    private void rise(List<RestAction> actions) {
        int members = point.orElseThrow().members().size();
        if (2 * (up.size() + 1) > members) {
            state = State.AWAKE;
            actions.add(new RestAction.Stand());
        } else if (outstanding.isEmpty()) {
            state = State.AWAKE;
        }
    }

    private void close(RestPoint at, List<RestAction> actions) {
        state = State.CLOSING;
        wakeAfterClose = false;
        outstanding.clear();
        attempt++;
        actions.add(new RestAction.Close(at));
    }

    private void open(boolean standing, List<RestAction> actions) {
        state = State.OPENING;
        stand = standing;
        up.clear();
        outstanding.clear();
        actions.add(new RestAction.Open());
        if (standing) {
            sendAll(Kind.WAKE, actions);
        }
    }

    private void sendAll(Kind kind, List<RestAction> actions) {
        RestPoint at = point.orElseThrow();
        attempt++;
        outstanding.clear();
        up.clear();
        for (int member : at.members()) {
            if (member != self) {
                outstanding.add(member);
                actions.add(new RestAction.Send(member, kind, at, attempt));
            }
        }
    }
}
