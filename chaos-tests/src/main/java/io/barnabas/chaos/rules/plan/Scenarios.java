package io.barnabas.chaos.rules.plan;

import io.barnabas.chaos.rules.plan.Fault.Needs;
import io.barnabas.chaos.rules.plan.Scenario.Source;
import io.barnabas.chaos.rules.plan.Scenario.Span;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;

/** The one list of scenarios. */
public final class Scenarios {

    private static final int DRAWS = 1 << 16;

    private static final IntUnaryOperator ONE = nodes -> 1;
    private static final IntUnaryOperator MINORITY = nodes -> (nodes - 1) / 2;
    private static final IntUnaryOperator MAJORITY = nodes -> nodes / 2 + 1;
    private static final IntUnaryOperator ALL = nodes -> nodes;

    private static final Span SHORT = new Span(500, 1_500);
    private static final Span SOME = new Span(2_000, 6_000);
    /** Up to longer than a node may be silent before it is fenced. */
    private static final Span LONG = new Span(2_000, 12_000);

    private static final Span QUIET = new Span(3_000, 6_000);
    private static final Span BRIEF = new Span(200, 2_000);

    private static final List<Scenario> ALL_OF_THEM = List.of(
            one(
                    "kill-each",
                    "SIGKILL of each node in turn",
                    ONE,
                    SOME,
                    (random, powers, turn) -> new Fault.Kill(new Victim.Node(turn % powers.nodes() + 1))),
            one("kill-leader", "SIGKILL of a partition's leader", ONE, SOME, at(Victim.Leader::new, Fault.Kill::new)),
            one("kill-follower", "SIGKILL of a follower", ONE, SOME, at(Victim.Follower::new, Fault.Kill::new)),
            one(
                    "kill-metadata-leader",
                    "SIGKILL of the metadata quorum's leader",
                    ONE,
                    SOME,
                    (random, powers, turn) -> new Fault.Kill(new Victim.MetadataLeader())),
            one(
                    "kill-coordinator",
                    "SIGKILL of a consumer group's coordinator",
                    ONE,
                    SOME,
                    at(Victim.Coordinator::new, Fault.Kill::new)),
            one(
                    "kill-majority",
                    "SIGKILL of more than half of the nodes, then back",
                    MAJORITY,
                    SOME,
                    at(Victim.Majority::new, Fault.Kill::new)),
            one(
                    "kill-all",
                    "SIGKILL of all nodes at once",
                    ALL,
                    SHORT,
                    (random, powers, turn) -> new Fault.Kill(new Victim.Everyone())),
            one(
                    "freeze",
                    "SIGSTOP of a node for longer than an election takes, then SIGCONT",
                    ONE,
                    LONG,
                    anyVictim(Fault.Freeze::new)),
            one("stop", "SIGTERM of a node, which hands over", ONE, SOME, anyVictim(Fault.Stop::new)),
            links(
                    "cut-two-way",
                    "two nodes do not hear each other, the third hears both",
                    ONE,
                    LONG,
                    (random, powers, turn) -> new Fault.CutPair(anyone(random, powers), random.nextInt(DRAWS))),
            links(
                    "cut-one-way",
                    "a node hears the others but is not heard, or the other way round",
                    ONE,
                    LONG,
                    Scenario.anyOf(List.of(anyVictim(Fault.Mute::new), anyVictim(Fault.Deafen::new)))),
            links(
                    "isolate-leader",
                    "a partition's or the metadata's leader is cut off from all nodes, not from clients",
                    ONE,
                    LONG,
                    Scenario.anyOf(List.of(
                            at(Victim.Leader::new, Fault.Isolate::new),
                            (random, powers, turn) -> new Fault.Isolate(new Victim.MetadataLeader())))),
            links(
                    "bridge",
                    "two halves that do not hear each other, and one node that hears both",
                    MINORITY,
                    LONG,
                    anyVictim(Fault.Bridge::new)),
            links(
                    "flap",
                    "a node is cut off and back, several times a second or every few seconds",
                    ONE,
                    LONG,
                    (random, powers, turn) -> new Fault.Flap(anyone(random, powers), period(random))),
            links(
                    "lossy",
                    "a node's links lose every 4th to 32nd packet",
                    ONE,
                    LONG,
                    (random, powers, turn) -> new Fault.Lossy(anyone(random, powers), 4 << random.nextInt(4))),
            links(
                    "slow",
                    "a node's links pass 128 to 1024 kbit/s",
                    ONE,
                    LONG,
                    (random, powers, turn) -> new Fault.Slow(anyone(random, powers), 128 << random.nextInt(4))),
            new Scenario(
                    "disk-full",
                    "a node's disk has no room left, then some again",
                    Needs.DISKS,
                    1,
                    ONE,
                    SOME,
                    QUIET,
                    anyVictim(Fault.DiskFull::new)),
            devices(
                    "power-loss",
                    "a node ends at once, and what it had not synced is gone",
                    ONE,
                    SOME,
                    anyVictim(Fault.PowerLoss::new)),
            devices(
                    "power-loss-all",
                    "all nodes lose power at once",
                    ALL,
                    SHORT,
                    (random, powers, turn) -> new Fault.PowerLoss(new Victim.Everyone())),
            devices(
                    "disk-errors",
                    "a node's disk answers everything with an error",
                    ONE,
                    SOME,
                    anyVictim(Fault.DiskErrors::new)),
            devices(
                    "disk-stalls",
                    "a node's writes and syncs wait, several times a second or for seconds",
                    ONE,
                    LONG,
                    (random, powers, turn) -> new Fault.DiskStalls(anyone(random, powers), period(random))),
            one(
                    "rolling-restart",
                    "SIGTERM and start of one node after the other",
                    ONE,
                    SHORT,
                    (random, powers, turn) -> new Fault.Stop(new Victim.Node(turn % powers.nodes() + 1))),
            new Scenario(
                    "rolling-replacement",
                    "one node after the other is lost with its disk, and an empty one takes its place",
                    Needs.SPARE,
                    1,
                    ONE,
                    SHORT,
                    QUIET,
                    (random, powers, turn) -> new Fault.Replace(new Victim.Node(turn % powers.nodes() + 1))),
            one(
                    "reassign",
                    "partitions get other replicas and their old ones back",
                    ONE,
                    SOME,
                    (random, powers, turn) -> new Fault.Reassign(anyone(random, powers), random.nextInt(DRAWS))),
            one(
                    "transfer-leaders",
                    "a node gives all leads away and may have them back; the metadata's lead moves",
                    ONE,
                    SOME,
                    Scenario.anyOf(List.of(anyVictim(Fault.Drain::new), anyVictim(Fault.TransferMetadata::new)))),
            new Scenario(
                    "storm",
                    "up to three of the others at once, replacements excepted, without a pause to recover",
                    Needs.NOTHING,
                    3,
                    nodes -> nodes - 1,
                    LONG,
                    BRIEF,
                    Scenarios::storm));

    private Scenarios() {}

    /** All, in the order in which they are shown. */
    public static List<Scenario> all() {
        return ALL_OF_THEM;
    }

    /** The one of that name. */
    public static Optional<Scenario> named(String name) {
        return ALL_OF_THEM.stream()
                .filter(scenario -> scenario.name().equals(name))
                .findFirst();
    }

    private static Scenario one(String name, String does, IntUnaryOperator mayHit, Span hold, Source faults) {
        return new Scenario(name, does, Needs.NOTHING, 1, mayHit, hold, QUIET, faults);
    }

    private static Scenario links(String name, String does, IntUnaryOperator mayHit, Span hold, Source faults) {
        return new Scenario(name, does, Needs.LINKS, 1, mayHit, hold, QUIET, faults);
    }

    private static Scenario devices(String name, String does, IntUnaryOperator mayHit, Span hold, Source faults) {
        return new Scenario(name, does, Needs.DEVICES, 1, mayHit, hold, QUIET, faults);
    }

    private static Source at(Function<Integer, Victim> victim, Function<Victim, Fault> fault) {
        return (random, powers, turn) -> fault.apply(victim.apply(random.nextInt(DRAWS)));
    }

    private static Source anyVictim(Function<Victim, Fault> fault) {
        return (random, powers, turn) -> fault.apply(anyone(random, powers));
    }

    /** Somebody who matters, or just anybody. */
    private static Victim anyone(SplittableRandom random, Powers powers) {
        int draw = random.nextInt(DRAWS);
        return switch (random.nextInt(4)) {
            case 0 -> new Victim.Leader(draw);
            case 1 -> new Victim.MetadataLeader();
            case 2 -> new Victim.Coordinator(draw);
            default -> new Victim.Node(draw % powers.nodes() + 1);
        };
    }

    private static Duration period(SplittableRandom random) {
        return Duration.ofMillis(random.nextBoolean() ? random.nextInt(100, 500) : random.nextInt(500, 3_000));
    }

    private static Fault storm(SplittableRandom random, Powers powers, int turn) {
        List<Scenario> possible = new ArrayList<>();
        for (Scenario scenario : ALL_OF_THEM) {
            // A replacement goes on until it is done, which it may never be while others are hit.
            if (scenario.lanes() == 1 && scenario.needs() != Needs.SPARE && scenario.possibleWith(powers)) {
                possible.add(scenario);
            }
        }
        return possible.get(random.nextInt(possible.size())).faults().next(random, powers, turn);
    }
}
