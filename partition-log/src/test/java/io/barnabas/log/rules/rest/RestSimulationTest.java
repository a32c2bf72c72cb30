package io.barnabas.log.rules.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.log.rules.Seeds;
import io.barnabas.log.rules.rest.RestMachine.State;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Groups that rest and wake among lost messages and crashes. {@code -Drest.seeds=N} runs more of them than the build
 * does.
 */
class RestSimulationTest {

    private static final int RUNS = Integer.getInteger("rest.seeds", 300);
    private static final long FAULTS_MS = 20_000;
    private static final long CALM_MS = 8_000;

    private int rests;
    private int wakes;
    private int stored;

    @Test
    void nothingAcknowledgedIsLostAndWritesGoOn() throws Exception {
        Seeds.run("groups at rest", RUNS, this::run);
        System.out.println(RUNS + " runs: " + stored + " writes, " + rests + " went to rest, " + wakes + " woke");
        if (System.getProperty("seed", "").isBlank()) {
            assertThat(rests).as("rests").isGreaterThan(RUNS);
            assertThat(wakes).as("wakes").isGreaterThan(RUNS);
        }
    }

    private void run(SplittableRandom random) {
        RestSimulation group = new RestSimulation(random, random.nextInt(10) == 0 ? 5 : 3);
        while (group.nowMs < FAULTS_MS) {
            fault(group, random);
            group.runUntil(group.nowMs + 1 + random.nextInt(random.nextInt(5) == 0 ? 1_500 : 200));
        }
        group.faulty = false;
        // A minority may stay away.
        int away = random.nextInt((group.members.size() - 1) / 2 + 1);
        for (int id : group.members) {
            if (id <= away) {
                group.crash(id);
            } else {
                group.restart(id);
            }
        }
        group.runUntil(group.nowMs + CALM_MS);
        writeMustSucceed(group, "after " + FAULTS_MS + " ms of faults");
        if (away == 0) {
            group.runUntil(group.nowMs + CALM_MS);
            assertThat(group.nodes.values())
                    .as("an idle group rests")
                    .allMatch(node -> node.machine.state() == State.RESTING);
            assertThat(group.nodes.values().stream().filter(RestSimulation.Node::servesResting))
                    .as("who serves reads")
                    .hasSize(1);
            writeMustSucceed(group, "at rest");
        }
        rests += group.rests;
        wakes += group.wakes;
        stored += group.acknowledged.size();
    }

    private static void fault(RestSimulation group, SplittableRandom random) {
        int id = 1 + random.nextInt(group.members.size());
        switch (random.nextInt(12)) {
            case 0 -> group.crash(id);
            case 1, 2, 3 -> group.restart(id);
            case 4, 5, 6 -> group.write(id);
            default -> {}
        }
    }

    /** A client tries all nodes until one has stored its value. */
    private static void writeMustSucceed(RestSimulation group, String when) {
        long deadline = group.nowMs + CALM_MS;
        long before = group.lastValue();
        while (group.nowMs < deadline) {
            group.members.forEach(group::write);
            group.runUntil(group.nowMs + 100);
            if (group.acknowledged.values().stream().anyMatch(entry -> entry.value() > before)) {
                return;
            }
        }
        throw new AssertionError("no write succeeded " + when);
    }
}
