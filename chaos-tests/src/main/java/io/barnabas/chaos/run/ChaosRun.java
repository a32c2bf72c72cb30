package io.barnabas.chaos.run;

import io.barnabas.chaos.cluster.ChaosCluster;
import io.barnabas.chaos.rules.Promises;
import io.barnabas.chaos.rules.check.Examination;
import io.barnabas.chaos.rules.check.Report;
import io.barnabas.chaos.rules.check.Unavailability;
import io.barnabas.chaos.rules.history.History;
import io.barnabas.chaos.rules.plan.Fault;
import io.barnabas.chaos.rules.plan.Plan;
import io.barnabas.chaos.rules.plan.Powers;
import io.barnabas.chaos.rules.plan.Scenario;
import io.barnabas.chaos.rules.plan.Schedule;
import io.barnabas.chaos.rules.plan.Step;
import io.barnabas.chaos.run.load.LoadContext;
import io.barnabas.chaos.run.load.Workload;
import io.barnabas.chaos.run.load.Workloads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;

/**
 * A whole run: makes a cluster, puts it under load, lets a plan befall it, heals everything, reads all back and examines
 * what was recorded. For one thread.
 */
public final class ChaosRun {

    /** A partition that takes no records for longer is called unavailable. */
    private static final long UNAVAILABLE_NS = TimeUnit.MILLISECONDS.toNanos(250);

    private static final long GRACE_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long MAX_STEPS = 2_000_000;
    private static final Duration RECOVERY = Duration.ofSeconds(60);
    private static final Duration READING = Duration.ofSeconds(120);
    private static final long CALM_NS = TimeUnit.SECONDS.toNanos(3);
    private static final long PROGRESS_NS = TimeUnit.SECONDS.toNanos(10);
    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int DISK_MB = 512;
    /** What the workloads write in a minute, and as much again. */
    private static final int DISK_MB_PER_MINUTE = 16;

    /**
     * What to run.
     *
     * @param home the unpacked distribution
     * @param directory for the journal and the nodes; is made
     * @param name of the scenario or scenarios, for the journal
     * @param scenarios one or more
     * @param duration of the faults, with the pauses between them
     * @param namespaces whether to try to give each node a network of its own
     */
    public record Wish(
            Path home,
            Path directory,
            String name,
            List<Scenario> scenarios,
            Duration duration,
            long seed,
            int nodes,
            boolean namespaces) {

        public Wish {
            scenarios = List.copyOf(scenarios);
        }
    }

    /**
     * What came of it.
     *
     * @param plan what was to happen
     * @param report of all promises
     * @param journal where everything stands
     * @param troubles what an operator would want to know, though it breaks no promise about records
     * @param recovered whether the cluster served again after each fault and at the end
     */
    public record Outcome(Plan plan, Report report, Path journal, List<String> troubles, boolean recovered) {

        public Outcome {
            troubles = List.copyOf(troubles);
        }

        /** Every promise was kept, and the cluster came back each time. */
        public boolean passed() {
            return report.passed() && recovered;
        }
    }

    private final Wish wish;
    private final Consumer<String> tell;
    private final List<String> troubles = new ArrayList<>();
    private boolean recovered = true;
    private long beginNs;
    private long nextProgressNs;

    /** @param tell is given a line of progress now and then */
    public ChaosRun(Wish wish, Consumer<String> tell) {
        this.wish = wish;
        this.tell = tell;
    }

    /** The file of a run's journal, in its directory. */
    public static Path journal(Path directory) {
        return directory.resolve("journal.jsonl");
    }

    /** Examines what stands in a journal. */
    public static Report examine(History history) {
        return Examination.of(history, Promises.all(GRACE_NS, MAX_STEPS), new Unavailability(UNAVAILABLE_NS));
    }

    /**
     * Runs it all.
     *
     * @throws IllegalArgumentException when no scenario is possible on this host
     * @throws IllegalStateException when the cluster does not start
     */
    public Outcome run() {
        Path file = journal(wish.directory());
        Plan plan;
        try (Journal journal = open(file);
                ChaosCluster cluster = ChaosCluster.start(new ChaosCluster.Wish(
                        wish.home(),
                        wish.directory(),
                        wish.nodes(),
                        needs(Fault.Needs.SPARE) ? 1 : 0,
                        wish.namespaces(),
                        needs(Fault.Needs.DISKS) || needs(Fault.Needs.DEVICES) ? diskMb() : 0,
                        Workloads.NODE_SETTINGS))) {
            plan = Schedule.of(wish.scenarios(), powers(cluster), wish.duration(), wish.seed());
            tell.accept(wish.nodes() + " nodes serve: " + cluster.description());
            plan.leftOut().forEach(scenario -> tell.accept("left out: " + scenario));
            LiveFigures figures = new LiveFigures(UNAVAILABLE_NS);
            Recorder recorder = new Recorder(System::nanoTime, journal, figures);
            recorder.started(wish.name(), wish.seed(), wish.nodes(), System.currentTimeMillis());
            runOn(cluster, plan, recorder, figures);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the run was interrupted", e);
        }
        return new Outcome(plan, examine(Journal.of(file)), file, troubles, recovered);
    }

    private static Journal open(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        return new Journal(file);
    }

    private int diskMb() {
        return DISK_MB + DISK_MB_PER_MINUTE * Math.toIntExact(wish.duration().toMinutes());
    }

    private boolean needs(Fault.Needs needs) {
        return wish.scenarios().stream().anyMatch(scenario -> scenario.needs() == needs);
    }

    private Powers powers(ChaosCluster cluster) {
        Set<Fault.Needs> met = EnumSet.noneOf(Fault.Needs.class);
        if (cluster.hasLinks()) {
            met.add(Fault.Needs.LINKS);
        }
        if (cluster.hasOwnDisks()) {
            met.add(Fault.Needs.DISKS);
        }
        if (cluster.hasBlockDisks()) {
            met.add(Fault.Needs.DEVICES);
        }
        if (cluster.hasSpare()) {
            met.add(Fault.Needs.SPARE);
        }
        return new Powers(wish.nodes(), met);
    }

    private void runOn(ChaosCluster cluster, Plan plan, Recorder recorder, LiveFigures figures)
            throws InterruptedException {
        List<Workload> workloads =
                Workloads.all(new LoadContext(recorder, cluster.bootstrap(), cluster::addresses, wish.seed()));
        try (Admin admin = cluster.admin()) {
            Victims victims = new Victims(admin, cluster::members);
            Nemesis nemesis = new Nemesis(cluster, recorder, victims, new Moves(cluster, victims));
            for (Workload workload : workloads) {
                workload.prepare(admin);
            }
            workloads.forEach(Workload::start);
            beginNs = System.nanoTime();
            nextProgressNs = beginNs + PROGRESS_NS;
            follow(plan, nemesis, victims, recorder, figures);
            healAll(nemesis, victims, figures);
            recorder.turnBegins("");
            waitUntil(System.nanoTime() + CALM_NS, figures);
            for (Workload workload : workloads) {
                afterwards(workload::stop);
            }
            say("reads everything back");
            for (Workload workload : workloads) {
                afterwards(() -> workload.readBack(READING));
            }
        } finally {
            workloads.forEach(Workload::close);
        }
    }

    /** One of the last things that clients do. */
    @FunctionalInterface
    private interface LastAct {
        void run() throws InterruptedException;
    }

    /** What clients cannot do though everything is healed is a finding; what was recorded is examined all the same. */
    private void afterwards(LastAct act) throws InterruptedException {
        try {
            act.run();
        } catch (IllegalStateException e) {
            recovered = false;
            note(List.of(e.getMessage()));
        }
    }

    /**
     * When the cluster or a command takes long, what comes later in the scenario is put off, so that faults keep their
     * lengths; what would come after the end of its turn does not come.
     */
    private void follow(Plan plan, Nemesis nemesis, Victims victims, Recorder recorder, LiveFigures figures) {
        long shiftedNs = beginNs;
        String scenario = "";
        String turn = "";
        for (Step step : plan.steps()) {
            if (step instanceof Step.Begin begin && !begin.scenario().equals(scenario)) {
                scenario = begin.scenario();
                shiftedNs = beginNs;
            }
            if (isVoid(step, nemesis)) {
                continue;
            }
            waitUntil(shiftedNs + step.at().toNanos(), figures);
            note(nemesis.startEnded());
            switch (step) {
                case Step.Begin begin -> {
                    if (begin.patient() && !recovers(nemesis, victims, figures)) {
                        return;
                    }
                    shiftedNs = System.nanoTime() - step.at().toNanos();
                    if (!isVoid(begin, nemesis)) {
                        if (!begin.scenario().equals(turn)) {
                            turn = begin.scenario();
                            recorder.turnBegins(turn);
                        }
                        say(begin.scenario() + ": " + nemesis.begin(begin.fault(), begin.what()));
                    }
                }
                case Step.Heal heal -> nemesis.heal(heal.fault()).ifPresent(trouble -> say("heals later: " + trouble));
            }
        }
    }

    /** It begins after its turn, or heals what never began. */
    private boolean isVoid(Step step, Nemesis nemesis) {
        return switch (step) {
            case Step.Begin begin ->
                System.nanoTime() - beginNs >= begin.until().toNanos();
            case Step.Heal heal -> !nemesis.isActive(heal.fault());
        };
    }

    private void healAll(Nemesis nemesis, Victims victims, LiveFigures figures) {
        long deadline = System.nanoTime() + RECOVERY.toNanos();
        List<String> left = nemesis.healAll();
        while (!nemesis.atRest() && System.nanoTime() - deadline < 0) {
            waitUntil(System.nanoTime() + TimeUnit.SECONDS.toNanos(1), figures);
            left = nemesis.healAll();
        }
        note(left);
        if (!nemesis.atRest()) {
            recovered = false;
        }
        recovers(nemesis, victims, figures);
    }

    /** Waits until the cluster serves again and nothing is left to be healed. */
    private boolean recovers(Nemesis nemesis, Victims victims, LiveFigures figures) {
        long start = System.nanoTime();
        long nextWordNs = start + PROGRESS_NS;
        while (true) {
            Optional<String> lacking = victims.lacking();
            if (lacking.isEmpty() && nemesis.healOverdue()) {
                return true;
            }
            String why = lacking.orElse("a fault cannot be healed");
            if (System.nanoTime() - start > RECOVERY.toNanos()) {
                recovered = false;
                note(List.of("the cluster does not serve " + RECOVERY.toSeconds() + " s after it was healed: " + why));
                return false;
            }
            if (System.nanoTime() - nextWordNs > 0) {
                nextWordNs += PROGRESS_NS;
                say("waits: " + why);
            }
            waitUntil(System.nanoTime() + POLL_NS, figures);
        }
    }

    private void note(List<String> found) {
        found.forEach(this::say);
        troubles.addAll(found);
    }

    private void waitUntil(long timeNs, LiveFigures figures) {
        while (timeNs - System.nanoTime() > 0) {
            long wake = Math.min(timeNs, nextProgressNs);
            if (wake - System.nanoTime() > 0) {
                LockSupport.parkNanos(wake - System.nanoTime());
            }
            if (System.nanoTime() - nextProgressNs >= 0) {
                nextProgressNs = System.nanoTime() + PROGRESS_NS;
                progress(figures.now());
            }
        }
    }

    private void progress(LiveFigures.Figures now) {
        Unavailability.Distribution windows = now.windows();
        say(String.format(
                Locale.ROOT,
                "%d faults (%d active), %d operations, unavailable %d times, median %.0f ms, worst %.0f ms",
                now.faults(),
                now.active(),
                now.operations(),
                windows.count(),
                windows.p50Ns() / 1e6,
                windows.maxNs() / 1e6));
    }

    private void say(String line) {
        tell.accept(String.format(Locale.ROOT, "[%5.1f s] %s", (System.nanoTime() - beginNs) / 1e9, line));
    }
}
