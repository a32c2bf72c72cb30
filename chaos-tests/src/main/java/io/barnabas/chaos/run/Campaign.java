package io.barnabas.chaos.run;

import io.barnabas.chaos.rules.check.Unavailability;
import io.barnabas.chaos.rules.plan.Plan;
import io.barnabas.chaos.rules.plan.Step;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A plan as it is carried out: begins its faults, heals them, and waits for the cluster. For one thread, once. */
final class Campaign {

    private static final Duration RECOVERY = Duration.ofSeconds(60);
    private static final long CALM_NS = TimeUnit.SECONDS.toNanos(3);
    private static final long PROGRESS_NS = TimeUnit.SECONDS.toNanos(10);
    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Plan plan;
    private final Nemesis nemesis;
    private final Victims victims;
    private final Recorder recorder;
    private final LiveFigures figures;
    private final Commentary commentary;
    private final long beginNs = System.nanoTime();
    private long nextProgressNs = beginNs + PROGRESS_NS;
    private boolean recovered = true;

    Campaign(
            Plan plan,
            Nemesis nemesis,
            Victims victims,
            Recorder recorder,
            LiveFigures figures,
            Commentary commentary) {
        this.plan = plan;
        this.nemesis = nemesis;
        this.victims = victims;
        this.recorder = recorder;
        this.figures = figures;
        this.commentary = commentary;
    }

    /**
     * Does it all, and leaves everything healed, as far as possible.
     *
     * @return whether the cluster served again each time
     */
    boolean run() {
        follow();
        healAll();
        recorder.turnBegins("");
        waitUntil(System.nanoTime() + CALM_NS);
        return recovered;
    }

    /**
     * When the cluster or a command takes long, what comes later in the scenario is put off, so that faults keep their
     * lengths; what would come after the end of its turn does not come.
     */
    private void follow() {
        long shiftedNs = beginNs;
        String scenario = "";
        String turn = "";
        for (Step step : plan.steps()) {
            if (step instanceof Step.Begin begin && !begin.scenario().equals(scenario)) {
                scenario = begin.scenario();
                shiftedNs = beginNs;
            }
            if (isVoid(step)) {
                continue;
            }
            waitUntil(shiftedNs + step.at().toNanos());
            commentary.note(nemesis.startEnded());
            switch (step) {
                case Step.Begin begin -> {
                    if (begin.patient() && !recovers()) {
                        return;
                    }
                    shiftedNs = System.nanoTime() - step.at().toNanos();
                    if (!isVoid(begin)) {
                        if (!begin.scenario().equals(turn)) {
                            turn = begin.scenario();
                            recorder.turnBegins(turn);
                        }
                        commentary.say(begin.scenario() + ": " + nemesis.begin(begin.fault(), begin.what()));
                    }
                }
                case Step.Heal heal ->
                    nemesis.heal(heal.fault()).ifPresent(trouble -> commentary.say("heals later: " + trouble));
            }
        }
    }

    /** It begins after its turn, or heals what never began. */
    private boolean isVoid(Step step) {
        return switch (step) {
            case Step.Begin begin ->
                System.nanoTime() - beginNs >= begin.until().toNanos();
            case Step.Heal heal -> !nemesis.isActive(heal.fault());
        };
    }

    private void healAll() {
        long deadline = System.nanoTime() + RECOVERY.toNanos();
        List<String> left = nemesis.healAll();
        while (!nemesis.atRest() && System.nanoTime() - deadline < 0) {
            waitUntil(System.nanoTime() + TimeUnit.SECONDS.toNanos(1));
            left = nemesis.healAll();
        }
        commentary.note(left);
        if (!nemesis.atRest()) {
            recovered = false;
        }
        recovers();
    }

    /** Waits until the cluster serves again and nothing is left to be healed. */
    private boolean recovers() {
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
                commentary.note(List.of(
                        "the cluster does not serve " + RECOVERY.toSeconds() + " s after it was healed: " + why));
                return false;
            }
            if (System.nanoTime() - nextWordNs > 0) {
                nextWordNs += PROGRESS_NS;
                commentary.say("waits: " + why);
            }
            waitUntil(System.nanoTime() + POLL_NS);
        }
    }

    private void waitUntil(long timeNs) {
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
        commentary.say(String.format(
                Locale.ROOT,
                "%d faults (%d active), %d operations, unavailable %d times, median %.0f ms, worst %.0f ms",
                now.faults(),
                now.active(),
                now.operations(),
                windows.count(),
                windows.p50Ns() / 1e6,
                windows.maxNs() / 1e6));
    }
}
