package io.barnabas.chaos.run;

import io.barnabas.chaos.cluster.ChaosCluster;
import io.barnabas.chaos.cluster.ChaosNode;
import io.barnabas.chaos.cluster.HostCommandException;
import io.barnabas.chaos.rules.plan.Fault;
import io.barnabas.chaos.rules.plan.Link;
import io.barnabas.chaos.rules.plan.LinkCondition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Causes faults and heals them, and records both. For one thread. */
final class Nemesis {

    private static final Duration STOPPING = Duration.ofSeconds(30);

    private final ChaosCluster cluster;
    private final Recorder recorder;
    private final Victims victims;
    private final Moves moves;
    private final Map<Long, Active> active = new LinkedHashMap<>();

    /** Those of them that could not be healed when it was time. */
    private final Set<Long> overdue = new LinkedHashSet<>();

    Nemesis(ChaosCluster cluster, Recorder recorder, Victims victims, Moves moves) {
        this.cluster = cluster;
        this.recorder = recorder;
        this.victims = victims;
        this.moves = moves;
    }

    /**
     * A fault under way.
     *
     * @param recorded its number in the journal
     * @param process whether it is the nodes' processes that it hit
     */
    private record Active(long recorded, Set<Integer> nodes, boolean process, Runnable healing) {}

    /**
     * Causes a fault.
     *
     * @param number of the plan
     * @return what was done, in words
     */
    String begin(long number, Fault fault) {
        boolean process = endangers(fault);
        Victims.Found found = victims.find(fault.victim(), process ? unwell() : Set.of());
        if (found.nodes().isEmpty()) {
            return "no " + fault.kind() + ": " + found.why();
        }
        Set<Integer> nodes = new TreeSet<>(found.nodes());
        List<String> targets = new ArrayList<>();
        nodes.forEach(node -> targets.add("node " + node));
        if (!found.why().isEmpty()) {
            targets.add(found.why());
        }
        List<String> details = details(fault, found.nodes().getFirst());
        targets.addAll(details);
        // Recorded before it is caused, so that nothing that comes of it seems to come before.
        long recorded = recorder.faultBegins(fault.kind(), targets);
        try {
            active.put(number, new Active(recorded, nodes, process, cause(recorded, fault, nodes)));
        } catch (HostCommandException e) {
            // A command that asks the cluster may fail while the cluster is in trouble: then nothing befell it.
            recorder.faultEnds(recorded);
            return fault.kind() + " of " + String.join(", ", targets) + " could not be: " + e.getMessage();
        }
        return fault.kind() + " of " + String.join(", ", targets);
    }

    /** Whether it is the node's process or its disk that it hits, which can be hit once at a time. */
    private static boolean endangers(Fault fault) {
        return switch (fault) {
            case Fault.Kill f -> true;
            case Fault.Stop f -> true;
            case Fault.Freeze f -> true;
            case Fault.DiskFull f -> true;
            case Fault.PowerLoss f -> true;
            case Fault.DiskErrors f -> true;
            case Fault.DiskStalls f -> true;
            case Fault.Replace f -> true;
            default -> false;
        };
    }

    private static List<String> details(Fault fault, int node) {
        return switch (fault) {
            case Fault.Lossy lossy -> List.of("one packet in " + lossy.oneIn());
            case Fault.Slow slow -> List.of(slow.kilobitsPerSecond() + " kbit/s");
            case Fault.Flap flap -> List.of("every " + flap.period().toMillis() + " ms");
            case Fault.DiskStalls stalls -> List.of("every " + stalls.period().toMillis() + " ms");
            default -> List.of();
        };
    }

    /** Nodes that do not run as they should. */
    private Set<Integer> unwell() {
        return active.values().stream()
                .filter(Active::process)
                .flatMap(one -> one.nodes().stream())
                .collect(Collectors.toSet());
    }

    private Runnable cause(long recorded, Fault fault, Set<Integer> ids) {
        List<ChaosNode> nodes = ids.stream().map(cluster::node).toList();
        int first = ids.iterator().next();
        Set<Integer> others = others(ids);
        return switch (fault) {
            case Fault.Kill kill -> {
                // All at once: they shall not hear of each other's end.
                nodes.parallelStream().forEach(ChaosNode::kill);
                yield () -> nodes.forEach(ChaosNode::start);
            }
            case Fault.Stop stop -> {
                nodes.forEach(ChaosNode::terminate);
                yield () -> nodes.forEach(node -> {
                    node.awaitEnd(STOPPING);
                    node.start();
                });
            }
            case Fault.Freeze freeze -> {
                nodes.forEach(ChaosNode::freeze);
                yield () -> nodes.forEach(ChaosNode::thaw);
            }
            case Fault.Isolate isolate -> links(recorded, Link.between(ids, others), new LinkCondition.Cut());
            case Fault.CutPair pair -> {
                int other = List.copyOf(others).get(pair.draw() % others.size());
                yield links(recorded, Link.between(ids, Set.of(other)), new LinkCondition.Cut());
            }
            case Fault.Mute mute -> links(recorded, Link.from(ids, others), new LinkCondition.Cut());
            case Fault.Deafen deafen -> links(recorded, Link.from(others, ids), new LinkCondition.Cut());
            case Fault.Bridge bridge -> {
                List<Integer> order = List.copyOf(others);
                Set<Integer> left = Set.copyOf(order.subList(0, order.size() / 2));
                Set<Integer> right = Set.copyOf(order.subList(order.size() / 2, order.size()));
                yield links(recorded, Link.between(left, right), new LinkCondition.Cut());
            }
            case Fault.Lossy lossy ->
                links(recorded, Link.between(ids, others), new LinkCondition.Lossy(lossy.oneIn()));
            case Fault.Slow slow ->
                links(recorded, Link.between(ids, others), new LinkCondition.Slow(slow.kilobitsPerSecond()));
            case Fault.Flap flap -> {
                Set<Link> links = Link.between(ids, others);
                yield new Alternation(
                        () -> cluster.links().impose(recorded, links, new LinkCondition.Cut()),
                        () -> cluster.links().lift(recorded),
                        flap.period())::end;
            }
            case Fault.DiskFull full -> {
                nodes.forEach(ChaosNode::fillDisk);
                // A replica that could not write has stopped, and comes back with a restart.
                yield () -> nodes.forEach(node -> {
                    node.freeDisk();
                    node.terminate();
                    node.awaitEnd(STOPPING);
                    node.start();
                });
            }
            case Fault.PowerLoss loss -> {
                nodes.parallelStream().forEach(ChaosNode::losePower);
                yield () -> nodes.parallelStream().forEach(ChaosNode::restore);
            }
            case Fault.DiskErrors errors -> {
                nodes.forEach(ChaosNode::breakDisk);
                yield () -> nodes.forEach(ChaosNode::restore);
            }
            case Fault.DiskStalls stalls -> {
                ChaosNode node = nodes.getFirst();
                yield new Alternation(node::stallDisk, node::letDiskGoOn, stalls.period())::end;
            }
            case Fault.Replace replace -> moves.replace(first);
            case Fault.Drain drain -> moves.drain(first);
            case Fault.TransferMetadata transfer -> moves.transferMetadata(first);
            case Fault.Reassign reassign -> moves.reassign(first, reassign.draw());
        };
    }

    private Set<Integer> others(Set<Integer> ids) {
        Set<Integer> others = cluster.members();
        others.removeAll(ids);
        return others;
    }

    private Runnable links(long recorded, Set<Link> links, LinkCondition condition) {
        cluster.links().impose(recorded, links, condition);
        return () -> cluster.links().lift(recorded);
    }

    /**
     * Heals a fault, if it had begun. One that cannot be healed now is left for {@link #healOverdue}.
     *
     * @param number of the plan
     * @return what was wrong with the healing, in words
     */
    Optional<String> heal(long number) {
        Active one = active.get(number);
        if (one == null) {
            return Optional.empty();
        }
        try {
            one.healing().run();
        } catch (HostCommandException e) {
            overdue.add(number);
            return Optional.of(e.getMessage());
        }
        overdue.remove(number);
        active.remove(number);
        recorder.faultEnds(one.recorded());
        return Optional.empty();
    }

    /**
     * Tries again to heal what could not be healed when it was time.
     *
     * @return whether nothing of that kind is left
     */
    boolean healOverdue() {
        List.copyOf(overdue).forEach(this::heal);
        return overdue.isEmpty();
    }

    /**
     * Heals whatever is left, and starts nodes that ended for another reason.
     *
     * @return what could not be healed, and what was found, in words
     */
    List<String> healAll() {
        List<String> troubles = new ArrayList<>();
        for (long number : List.copyOf(active.keySet())) {
            heal(number).ifPresent(troubles::add);
        }
        troubles.addAll(startEnded());
        return troubles;
    }

    /** Whether that fault of the plan has begun and is not healed. */
    boolean isActive(long number) {
        return active.containsKey(number);
    }

    /** Whether everything is healed. */
    boolean atRest() {
        return active.isEmpty();
    }

    /**
     * Starts nodes that ended though nobody ended them.
     *
     * @return which, in words
     */
    List<String> startEnded() {
        Set<Integer> unwell = unwell();
        List<String> troubles = new ArrayList<>();
        for (int id : cluster.members()) {
            ChaosNode node = cluster.node(id);
            if (!unwell.contains(id) && !node.isRunning()) {
                troubles.add("node " + node.id() + " ended by itself; see " + node.log());
                node.start();
            }
        }
        return troubles;
    }
}
