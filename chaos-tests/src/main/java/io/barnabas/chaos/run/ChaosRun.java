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
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
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
    private static final Duration READING = Duration.ofSeconds(120);
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
     * @param settings of the nodes, beside those that the workloads need
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
            Map<String, String> settings,
            boolean namespaces) {

        public Wish {
            scenarios = List.copyOf(scenarios);
            settings = Map.copyOf(settings);
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
                        nodeSettings()))) {
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

    private Map<String, String> nodeSettings() {
        Map<String, String> settings = new TreeMap<>(Workloads.NODE_SETTINGS);
        settings.putAll(wish.settings());
        return settings;
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
            Commentary commentary = new Commentary(tell, troubles, System.nanoTime());
            recovered = new Campaign(plan, nemesis, victims, recorder, figures, commentary).run();
            for (Workload workload : workloads) {
                afterwards(workload::stop, commentary);
            }
            commentary.say("reads everything back");
            for (Workload workload : workloads) {
                afterwards(() -> workload.readBack(READING), commentary);
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
    private void afterwards(LastAct act, Commentary commentary) throws InterruptedException {
        try {
            act.run();
        } catch (IllegalStateException e) {
            recovered = false;
            commentary.note(List.of(e.getMessage()));
        }
    }
}
