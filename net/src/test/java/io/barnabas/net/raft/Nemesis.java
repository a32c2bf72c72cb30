package io.barnabas.net.raft;

import static io.barnabas.net.raft.LedgerCluster.ELECTION_MS;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.protocol.RaftGroup;

/** Does harm to a network by the dice, and tells what. */
final class Nemesis {

    private static final ChannelKind[] ALL = ChannelKind.values();

    private final LedgerCluster cluster;
    private final FaultyNetwork network;
    private final SplittableRandom random;
    private final List<String> deeds = new ArrayList<>();

    Nemesis(LedgerCluster cluster, SplittableRandom random) {
        this.cluster = cluster;
        this.network = cluster.network;
        this.random = random;
    }

    List<String> deeds() {
        return deeds;
    }

    /** One fault after the other, sometimes two at once, for about so long; some of them last on. */
    void rage(long forMs) throws InterruptedException {
        long end = System.nanoTime() + forMs * 1_000_000;
        while (System.nanoTime() < end) {
            harm();
            pause(random.nextInt(ELECTION_MS / 5, 3 * ELECTION_MS));
            if (random.nextInt(3) > 0) {
                deed("heals");
                network.heal();
                pause(random.nextInt(0, 2 * ELECTION_MS));
            }
        }
    }

    private void deed(String what) {
        deeds.add(what);
    }

    private static void pause(long ms) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(ms);
    }

    private void harm() throws InterruptedException {
        String one = random.nextInt(2) == 0 ? leader() : any();
        String other = another(one);
        switch (random.nextInt(9)) {
            case 0, 1 -> {
                FaultyNetwork.Noise noise = new FaultyNetwork.Noise(
                        random.nextInt(3) == 0 ? 0 : random.nextDouble(0.15),
                        random.nextDouble(0.2),
                        random.nextDouble(0.3),
                        random.nextDouble(0.2),
                        random.nextInt(1, ELECTION_MS));
                deed(noise.toString());
                network.noise(noise);
            }
            case 2 -> {
                deed("isolates " + one);
                for (String peer : cluster.nodes()) {
                    network.cut(one, peer, ALL);
                    network.cut(peer, one, ALL);
                }
            }
            case 3 -> {
                deed("lets nothing from " + one + " to " + other);
                network.cut(one, other, ALL);
            }
            case 4 -> {
                boolean out = random.nextBoolean();
                deed("lets nothing " + (out ? "out of " : "into ") + one);
                for (String peer : cluster.nodes()) {
                    network.cut(out ? one : peer, out ? peer : one, ALL);
                }
            }
            case 5 -> {
                ChannelKind kind = random.nextBoolean() ? ChannelKind.DATA : ChannelKind.CONTROL;
                deed("lets no " + kind + " from " + one + " to " + other);
                network.cut(one, other, kind);
            }
            case 6 -> {
                deed("closes connections of " + one + " and " + other);
                network.reset(one, other);
            }
            case 7 -> flap(one, other);
            default -> {
                deed("freezes " + one);
                network.freeze(one);
            }
        }
    }

    private void flap(String one, String other) throws InterruptedException {
        deed("flaps between " + one + " and " + other);
        for (int times = random.nextInt(3, 10); times > 0; times--) {
            if (random.nextBoolean()) {
                network.cut(one, other, ALL);
                network.cut(other, one, ALL);
            } else {
                network.reset(one, other);
            }
            pause(random.nextInt(5, ELECTION_MS / 4));
            network.mend(one, other);
            network.mend(other, one);
            pause(random.nextInt(5, ELECTION_MS / 4));
        }
    }

    private String any() {
        return cluster.nodes().get(random.nextInt(cluster.nodes().size()));
    }

    private String another(String than) {
        List<String> others =
                cluster.nodes().stream().filter(node -> !node.equals(than)).toList();
        return others.get(random.nextInt(others.size()));
    }

    private String leader() {
        RaftGroup group = cluster.groups.get(random.nextInt(cluster.groups.size()));
        return cluster.leader(group).orElseGet(this::any);
    }
}
