package io.barnabas.log.rules.rest;

import io.barnabas.log.rules.rest.RestMachine.State;
import io.barnabas.log.rules.rest.RestRequest.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * A group of replicas with {@link RestMachine}s over {@link MiniRaft}s, a network that loses, delays, doubles and
 * reorders, nodes that crash at any step and come back, and a cluster that fences nodes it does not hear. Time is a
 * number; the same seed gives the same run.
 */
final class RestSimulation {

    private static final long IDLE_MS = 300;
    private static final long FENCE_AFTER_MS = 900;
    private static final long LEASE_MS = 800;
    private static final long CALL_TIMEOUT_MS = 1_500;

    final SplittableRandom random;
    final List<Integer> members;
    final Map<Integer, Node> nodes = new TreeMap<>();
    /** What clients were told is stored, by index. */
    final Map<Integer, MiniRaft.Entry> acknowledged = new HashMap<>();

    long nowMs;
    boolean faulty = true;
    int rests;
    int wakes;
    private long order;
    private long lastValue;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final Map<Long, Integer> leaderOfTerm = new HashMap<>();
    /** Of the metadata: the newest leader reported, and the nodes that it takes for lost. */
    private long reportedTerm;

    private final Set<Integer> fenced = new TreeSet<>();
    private final Map<Integer, Long> heardMs = new HashMap<>();
    private final Map<Integer, Long> crashedAtMs = new HashMap<>();

    private record Event(long atMs, long order, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return atMs != other.atMs ? Long.compare(atMs, other.atMs) : Long.compare(order, other.order);
        }
    }

    RestSimulation(SplittableRandom random, int size) {
        this.random = random;
        this.members = IntStream.rangeClosed(1, size).boxed().toList();
        members.forEach(id -> {
            nodes.put(id, new Node(id));
            heardMs.put(id, 0L);
        });
        nodes.values().forEach(Node::start);
        after(50, this::cluster);
    }

    private void after(long delayMs, Runnable action) {
        events.add(new Event(nowMs + delayMs, order++, action));
    }

    void runUntil(long endMs) {
        while (!events.isEmpty() && events.peek().atMs() <= endMs) {
            Event next = events.poll();
            nowMs = next.atMs();
            next.action().run();
            check();
        }
        nowMs = endMs;
    }

    /** Delivers, perhaps late, twice or never. */
    private void deliver(Runnable arrival) {
        if (faulty && random.nextInt(100) < 5) {
            return;
        }
        int copies = faulty && random.nextInt(100) < 3 ? 2 : 1;
        for (int i = 0; i < copies; i++) {
            boolean late = faulty && random.nextInt(100) < 5;
            after(1 + random.nextInt(late ? 600 : 12), arrival);
        }
    }

    /** The metadata quorum: who is heard, who leads; the nodes see it a little later. */
    private void cluster() {
        for (Node node : nodes.values()) {
            if (node.up && (!faulty || random.nextInt(100) < 85)) {
                heardMs.put(node.id, nowMs);
                fenced.remove(node.id);
                node.heardMs = nowMs;
                if (node.raft != null && node.raft.leads()) {
                    reportedTerm = Math.max(reportedTerm, node.disk.term);
                }
            }
            if (nowMs - heardMs.get(node.id) > FENCE_AFTER_MS) {
                fenced.add(node.id);
            }
        }
        Set<Integer> lost = Set.copyOf(fenced);
        long term = reportedTerm;
        nodes.values().forEach(node -> after(1 + random.nextInt(30), () -> node.see(lost, term)));
        after(50, this::cluster);
    }

    /** Crashes a node now or in the middle of what it does next. */
    void crash(int id) {
        Node node = nodes.get(id);
        if (node.up) {
            node.crash();
            crashedAtMs.put(id, nowMs);
        }
    }

    void restart(int id) {
        Node node = nodes.get(id);
        if (!node.up) {
            node.start();
        }
    }

    /** A client writes to whichever node it takes for the leader. */
    boolean write(int id) {
        return nodes.get(id).write(++lastValue);
    }

    long lastValue() {
        return lastValue;
    }

    private void check() {
        for (Node node : nodes.values()) {
            if (node.up && node.raft != null && node.raft.leads()) {
                Integer other = leaderOfTerm.putIfAbsent(node.disk.term, node.id);
                if (other != null && other != node.id) {
                    throw new AssertionError("nodes " + other + " and " + node.id + " lead term " + node.disk.term);
                }
                // Raft's leader completeness: an older leader may not know of a newer one's entries.
                acknowledged.forEach((index, entry) -> {
                    if (entry.term() <= node.disk.term
                            && (node.disk.log.size() < index
                                    || !node.disk.log.get(index - 1).equals(entry))) {
                        throw new AssertionError("leader " + node.id + " of term " + node.disk.term + " lacks " + entry
                                + " acknowledged at " + index);
                    }
                });
            }
            if (node.up && node.machine.state() == State.RESTING) {
                RestPoint point = node.machine.point().orElseThrow();
                if (node.disk.log.size() != point.index()) {
                    throw new AssertionError(
                            "node " + node.id + " rests at " + point + " with " + node.disk.log.size());
                }
                // Whoever rests, rests where every member has all entries of that point.
                for (Node peer : nodes.values()) {
                    if (peer.disk.log.size() < point.index()) {
                        throw new AssertionError("node " + node.id + " rests at " + point + ", node " + peer.id
                                + " has only " + peer.disk.log.size());
                    }
                }
            }
        }
    }

    /** One node. */
    final class Node {
        final int id;
        final MiniRaft.Disk disk = new MiniRaft.Disk();
        Optional<RestPoint> mark = Optional.empty();
        boolean up;
        RestMachine machine;
        MiniRaft raft;
        long heardMs;
        private int life;
        private int opening;
        private int applied;
        private long lastCall;
        private long postponedUntilMs;
        private long lastAttempt;
        private final Idleness idleness = new Idleness();
        private final Map<Long, Runnable[]> calls = new HashMap<>();
        private final List<Long> waiting = new ArrayList<>();
        private final Map<Integer, Long> pending = new TreeMap<>();
        private long seenTerm;

        Node(int id) {
            this.id = id;
        }

        void start() {
            up = true;
            life++;
            machine = new RestMachine(id);
            heardMs = nowMs;
            idleness.reset();
            calls.clear();
            if (mark.isPresent()) {
                machine.restored(mark.get());
                raft = null;
            } else {
                openRaft();
            }
            every(60 + random.nextInt(20), this::tick);
            every(1_000, this::miss);
        }

        private void openRaft() {
            int now = ++opening;
            applied = 0;
            raft = new MiniRaft(id, members, disk, nowMs, (to, message) -> {
                Node peer = nodes.get(to);
                deliver(() -> {
                    if (peer.up && peer.raft != null) {
                        peer.raft.receive(id, message, nowMs);
                        peer.advanced();
                    }
                });
            });
            timeout(now);
        }

        private void timeout(int ofOpening) {
            int ofLife = life;
            after(150 + random.nextInt(250), () -> {
                if (up && life == ofLife && opening == ofOpening && raft != null) {
                    if (raft.silentMs(nowMs) > 150) {
                        raft.stand(nowMs);
                    }
                    timeout(ofOpening);
                }
            });
        }

        private void every(long ms, Runnable action) {
            int ofLife = life;
            after(ms, () -> {
                if (up && life == ofLife) {
                    action.run();
                    every(ms, action);
                }
            });
        }

        /** Work that ends some time later, unless the node crashes before. */
        private void later(long maxMs, Runnable action) {
            int ofLife = life;
            after(1 + random.nextInt((int) maxMs), () -> {
                if (up && life == ofLife) {
                    action.run();
                }
            });
        }

        void crash() {
            up = false;
            raft = null;
            waiting.clear();
            pending.clear();
        }

        private void tick() {
            if (raft == null) {
                return;
            }
            raft.heartbeat();
            if (machine.state() == State.AWAKE && raft.leads()) {
                long idle = idleness.seen(disk.term, disk.log.size(), nowMs);
                if (idle >= IDLE_MS && nowMs >= postponedUntilMs && raft.settled(nowMs)) {
                    take(machine.idle(new RestPoint(disk.term, disk.log.size(), id, members)));
                }
            }
            flushWaiting();
        }

        private void miss() {
            if (raft == null) {
                return;
            }
            Set<Integer> missing = new TreeSet<>();
            if (raft.leads()) {
                missing.addAll(raft.silentFollowers(nowMs, 500));
            } else if (raft.leader() < 0 || raft.silentMs(nowMs) > 500) {
                missing.addAll(members);
                missing.remove(id);
            }
            take(machine.silent(missing));
        }

        /** What the metadata shows. */
        void see(Set<Integer> lost, long term) {
            if (!up) {
                return;
            }
            seenTerm = Math.max(seenTerm, term);
            machine.point().filter(point -> machine.state() == State.RESTING).ifPresent(point -> {
                if (term > point.term()) {
                    take(machine.lost(false));
                } else if (lost.contains(point.leader()) && point.leader() != id) {
                    Optional<Integer> first = members.stream()
                            .filter(each -> !lost.contains(each))
                            .findFirst();
                    take(machine.lost(first.filter(each -> each == id).isPresent()));
                }
            });
        }

        /** Whether it answers reads as the leader of a group at rest. */
        boolean servesResting() {
            return up
                    && machine.state() == State.RESTING
                    && machine.point().orElseThrow().leader() == id
                    && nowMs - heardMs < LEASE_MS
                    && seenTerm <= machine.point().orElseThrow().term();
        }

        boolean write(long value) {
            if (!up) {
                return false;
            }
            if (machine.state() == State.AWAKE && waiting.isEmpty()) {
                return propose(value);
            }
            if (machine.point().orElseThrow().leader() != id) {
                return false;
            }
            waiting.add(value);
            take(machine.needed());
            flushWaiting();
            return true;
        }

        private boolean propose(long value) {
            int index = raft == null ? -1 : raft.append(value);
            if (index > 0) {
                pending.put(index, value);
                advanced();
            }
            return index > 0;
        }

        private void flushWaiting() {
            if (machine.state() == State.AWAKE && raft != null && raft.leads()) {
                waiting.forEach(this::propose);
                waiting.clear();
            } else if (raft != null && raft.leader() >= 0 && raft.leader() != id) {
                waiting.clear();
            }
        }

        /** Clients are answered when their entries are committed by the leader that took them. */
        private void advanced() {
            if (!raft.leads()) {
                pending.clear();
            }
            while (applied < raft.committed()) {
                applied++;
                Long value = pending.remove(applied);
                if (value != null) {
                    acknowledge(applied, disk.log.get(applied - 1), value);
                }
            }
        }

        private void acknowledge(int index, MiniRaft.Entry entry, long value) {
            if (entry.value() == value) {
                MiniRaft.Entry before = acknowledged.put(index, entry);
                if (before != null && !before.equals(entry)) {
                    throw new AssertionError(before + " and " + entry + " were acknowledged at " + index);
                }
            }
        }

        private boolean able(RestPoint point) {
            return raft != null && raft.leader() == point.leader() && standsAt(point);
        }

        private boolean standsAt(RestPoint point) {
            return disk.term == point.term()
                    && disk.log.size() == point.index()
                    && disk.lastTerm() == point.term()
                    && (raft == null || raft.committed() == point.index());
        }

        private void take(List<RestAction> actions) {
            for (RestAction action : actions) {
                switch (action) {
                    case RestAction.Send send -> send(send);
                    case RestAction.Answer answer -> {
                        Runnable[] call = calls.remove(answer.call());
                        if (call != null) {
                            call[answer.yes() ? 1 : 0].run();
                        }
                    }
                    case RestAction.Close close -> close(close.point());
                    case RestAction.Open open -> open();
                    case RestAction.Stand stand -> {
                        if (raft != null && !raft.leads()) {
                            raft.stand(nowMs);
                        }
                    }
                    case RestAction.Postpone postpone -> postponedUntilMs = nowMs + 200;
                }
            }
        }

        /** Closes, looks, writes the mark: a crash may come between. */
        private void close(RestPoint point) {
            later(120, () -> {
                boolean stands = standsAt(point);
                raft = null;
                opening++;
                pending.clear();
                take(machine.sealed());
                later(20, () -> {
                    // Now and then its disk refuses.
                    boolean agreed = stands && standsAt(point) && (!faulty || random.nextInt(20) > 0);
                    if (agreed) {
                        mark = Optional.of(point);
                        rests++;
                    }
                    later(10, () -> take(machine.closed(agreed)));
                });
            });
        }

        /** Deletes the mark, opens. */
        private void open() {
            later(20, () -> {
                mark = Optional.empty();
                wakes++;
                later(40, () -> {
                    openRaft();
                    take(machine.opened());
                });
            });
        }

        private void send(RestAction.Send send) {
            Node peer = nodes.get(send.to());
            int ofLife = life;
            long attempt = send.attempt();
            boolean[] answered = {false};
            Runnable[] answers = new Runnable[2];
            for (int i = 0; i < 2; i++) {
                boolean yes = i == 1;
                answers[i] = () -> deliver(() -> {
                    if (up && life == ofLife && !answered[0]) {
                        answered[0] = true;
                        take(machine.answered(send.to(), send.kind(), attempt, yes));
                    }
                });
            }
            after(CALL_TIMEOUT_MS, () -> {
                if (up && life == ofLife && !answered[0]) {
                    answered[0] = true;
                    take(machine.answered(send.to(), send.kind(), attempt, false));
                }
            });
            deliver(() -> peer.asked(send.kind(), send.point(), answers));
        }

        private void asked(Kind kind, RestPoint point, Runnable[] answers) {
            if (!up) {
                return;
            }
            long call = ++lastCall;
            calls.put(call, answers);
            take(
                    switch (kind) {
                        case ASK -> machine.asked(call, able(point));
                        case REST -> machine.told(call, point, able(point));
                        case WAKE -> machine.wakeAsked(call);
                    });
        }
    }
}
