package io.barnabas.chaos.run;

import io.barnabas.chaos.cluster.ChaosCluster;
import io.barnabas.chaos.cluster.HostCommandException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.TopicPartition;

/** Moves leads and replicas, by the commands that an operator uses. */
final class Moves {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** A node's replicas are copied meanwhile. */
    private static final Duration EVACUATION = Duration.ofSeconds(120);

    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(100);

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
        cluster.command(PATIENCE, "node", "drain", id, "--no-wait");
        return () -> {
            cluster.command(PATIENCE, "node", "drain", id, "--undo");
            cluster.command(PATIENCE, "partition", "elect", "--all");
        };
    }

    /** A node gets the lead of the metadata quorum, and keeps it. */
    Runnable transferMetadata(int node) {
        cluster.command(PATIENCE, "quorum", "transfer", Integer.toString(node));
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
        List<Integer> wanted = new ArrayList<>(cluster.members());
        Collections.shuffle(wanted, new Random(draw));
        wanted.remove(Integer.valueOf(first));
        wanted.addFirst(first);
        int count = partition.replicas().size();
        // With a node to spare it moves; without, it has one replica less for a while.
        int size = cluster.members().size() > count ? count : Math.max(1, count - draw % 2);
        move(partition, wanted.subList(0, Math.min(size, wanted.size())));
        return () -> {
            if (!isDeleted(partition.partition())) {
                move(partition, partition.replicas());
            }
        };
    }

    /**
     * A node and its disk are lost, and an empty one takes its place.
     *
     * @return what gives the new one the vote and the replicas of the old one
     */
    Runnable replace(int lost) {
        int fresh = cluster.replace(lost);
        return () -> {
            await(() -> victims.live().contains(fresh), "node " + fresh + " does not join");
            Set<Integer> voters = victims.voters();
            if (!voters.contains(fresh)) {
                cluster.command(PATIENCE, "quorum", "add-voter", Integer.toString(fresh));
            }
            if (voters.contains(lost)) {
                cluster.command(PATIENCE, "quorum", "remove-voter", Integer.toString(lost));
            }
            cluster.command(EVACUATION, "node", "decommission", Integer.toString(lost));
            cluster.forgotten(lost);
        };
    }

    private static void await(BooleanSupplier condition, String otherwise) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new HostCommandException(otherwise + " within " + PATIENCE.toSeconds() + " s");
            }
            LockSupport.parkNanos(POLL_NS);
        }
    }

    private boolean isDeleted(TopicPartition partition) {
        List<Victims.Replicas> present = victims.partitions();
        return !present.isEmpty()
                && present.stream().noneMatch(one -> one.partition().equals(partition));
    }

    private void move(Victims.Replicas partition, List<Integer> replicas) {
        cluster.command(
                PATIENCE,
                "partition",
                "move",
                partition.partition().topic() + ":" + partition.partition().partition(),
                "--to",
                String.join(",", replicas.stream().map(String::valueOf).toList()),
                "--no-wait");
    }
}
