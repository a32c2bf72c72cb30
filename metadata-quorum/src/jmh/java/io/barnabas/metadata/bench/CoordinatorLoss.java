package io.barnabas.metadata.bench;

import io.barnabas.metadata.rules.group.GroupResponse;
import java.util.stream.Stream;

/**
 * How long a group cannot commit after the node that coordinates it was stopped: one that leads the metadata quorum, and
 * one that does not. Argument: rounds of each.
 */
public final class CoordinatorLoss {

    private CoordinatorLoss() {}

    public static void main(String[] arguments) throws Exception {
        for (int round = 0; round < Integer.parseInt(arguments[0]); round++) {
            for (boolean leads : new boolean[] {true, false}) {
                try (BenchQuorum quorum = BenchQuorum.start(3)) {
                    System.out.printf(
                            "coordinator that %s the quorum: %,d ms%n",
                            leads ? "leads" : "does not lead", silence(quorum, leads));
                }
            }
        }
        System.exit(0);
    }

    private static long silence(BenchQuorum quorum, boolean leads) throws Exception {
        int leader = quorum.node(1).status().leader();
        int victim = leads ? leader : leader % 3 + 1;
        String group = Stream.iterate(0, i -> i + 1)
                .map(i -> "group-" + i)
                .filter(id -> quorum.node(1).image().coordinator(id).nodeId() == victim)
                .findFirst()
                .orElseThrow();
        int witness = victim % 3 + 1;
        if (!(commit(quorum, witness, group, 1) instanceof GroupResponse.OffsetsChanged)) {
            throw new IllegalStateException("the group does not take commits before the loss");
        }
        long stopped = System.nanoTime();
        quorum.stop(victim);
        while (!(commit(quorum, witness, group, 2) instanceof GroupResponse.OffsetsChanged)) {
            Thread.sleep(5);
        }
        return (System.nanoTime() - stopped) / 1_000_000;
    }

    private static GroupResponse commit(BenchQuorum quorum, int witness, String group, long offset) throws Exception {
        return quorum.coordinator(witness, group)
                .submit(BenchQuorum.commit(group, offset))
                .get();
    }
}
