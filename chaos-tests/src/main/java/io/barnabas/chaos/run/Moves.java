package io.barnabas.chaos.run;

import io.barnabas.chaos.cluster.ChaosCluster;
import io.barnabas.chaos.cluster.HostCommandException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/** Moves leads and replicas, by the commands that an operator uses. */
final class Moves {

    private final ChaosCluster cluster;
    private final Victims victims;

    Moves(ChaosCluster cluster, Victims victims) {
        this.cluster = cluster;
        this.victims = victims;
    }

    /**
     * A node gives all its leads away.
     *
     * @return what lets it have them back
     */
    Runnable drain(int node) {
        String id = Integer.toString(node);
        cluster.command("node", "drain", id, "--no-wait");
        return () -> {
            cluster.command("node", "drain", id, "--undo");
            cluster.command("partition", "elect", "--all");
        };
    }

    /** A node gets the lead of the metadata quorum, and keeps it. */
    Runnable transferMetadata(int node) {
        cluster.command("quorum", "transfer", Integer.toString(node));
        return () -> {};
    }

    /**
     * A partition gets other replicas, where there are enough nodes, or else fewer, or a new order.
     *
     * @param first to lead it
     * @return what gives it back those from before
     */
    Runnable reassign(int first, int draw) {
        Optional<Victims.Replicas> found = victims.partition(draw);
        if (found.isEmpty()) {
            throw new HostCommandException("the cluster does not say what partitions there are");
        }
        Victims.Replicas partition = found.get();
        List<Integer> wanted = new ArrayList<>(
                IntStream.rangeClosed(1, cluster.nodes().size()).boxed().toList());
        Collections.shuffle(wanted, new Random(draw));
        wanted.remove(Integer.valueOf(first));
        wanted.addFirst(first);
        int count = partition.replicas().size();
        // With a node to spare it moves; without, it has one replica less for a while.
        int size = cluster.nodes().size() > count ? count : Math.max(1, count - draw % 2);
        move(partition, wanted.subList(0, Math.min(size, wanted.size())));
        return () -> move(partition, partition.replicas());
    }

    private void move(Victims.Replicas partition, List<Integer> replicas) {
        cluster.command(
                "partition",
                "move",
                partition.partition().topic() + ":" + partition.partition().partition(),
                "--to",
                String.join(",", replicas.stream().map(String::valueOf).toList()),
                "--no-wait");
    }
}
