package io.barnabas.chaos.rules.plan;

import java.time.Duration;
import java.util.Locale;

/** Something that befalls a cluster, lasts, and is healed. */
public sealed interface Fault {

    /** Whom it hits. */
    Victim victim();

    /** Its name in journals and reports. */
    default String kind() {
        return getClass().getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }

    /** What a cluster must have for it. */
    default Needs needs() {
        return Needs.NOTHING;
    }

    /** How many of {@code nodes} are not of full use meanwhile, at most. */
    default int hits(int nodes) {
        return victim().count(nodes);
    }

    /** What not every cluster has. */
    enum Needs {
        NOTHING("nothing"),
        /** Links between the nodes that something can befall. */
        LINKS("network namespaces"),
        /** A small disk for each node. */
        DISKS("disks of their own for the nodes"),
        /** A block device for each node. */
        DEVICES("loop devices with ext4 for the nodes"),
        /** Room for another node. */
        SPARE("room for another node");

        private final String words;

        Needs(String words) {
            this.words = words;
        }

        /** For who wants to meet them. */
        public String words() {
            return words;
        }
    }

    /** Befalls links between nodes. */
    sealed interface OfLinks extends Fault {
        @Override
        default Needs needs() {
            return Needs.LINKS;
        }
    }

    /** Befalls the block device of a node. */
    sealed interface OfDevices extends Fault {
        @Override
        default Needs needs() {
            return Needs.DEVICES;
        }
    }

    /** SIGKILL; healed by a start. */
    record Kill(Victim victim) implements Fault {}

    /** SIGTERM; healed by a start. */
    record Stop(Victim victim) implements Fault {}

    /** SIGSTOP; healed by SIGCONT. */
    record Freeze(Victim victim) implements Fault {}

    /** The victim and the other nodes do not hear each other; clients reach all. */
    record Isolate(Victim victim) implements OfLinks {}

    /**
     * The victim and one other node do not hear each other.
     *
     * @param draw which other
     */
    record CutPair(Victim victim, int draw) implements OfLinks {}

    /** No other node hears the victim, which hears all. */
    record Mute(Victim victim) implements OfLinks {}

    /** The victim hears no other node; all hear it. */
    record Deafen(Victim victim) implements OfLinks {}

    /** The other nodes are two halves that do not hear each other; the victim hears both. */
    record Bridge(Victim victim) implements OfLinks {
        @Override
        public int hits(int nodes) {
            return (nodes - 1) / 2;
        }
    }

    /**
     * The victim is isolated and back, again and again.
     *
     * @param period of one change
     */
    record Flap(Victim victim, Duration period) implements OfLinks {}

    /** Packets between the victim and other nodes get lost, one in {@code oneIn}. */
    record Lossy(Victim victim, int oneIn) implements OfLinks {}

    /** The victim's links to and from other nodes pass little. */
    record Slow(Victim victim, int kilobitsPerSecond) implements OfLinks {}

    /** The victim's disk has no room left. */
    record DiskFull(Victim victim) implements Fault {
        @Override
        public Needs needs() {
            return Needs.DISKS;
        }
    }

    /** The victim ends at once, and what it did not sync is gone; healed by a start. */
    record PowerLoss(Victim victim) implements OfDevices {}

    /** The victim's disk answers with errors to whatever is read or written; healed by a restart on a working one. */
    record DiskErrors(Victim victim) implements OfDevices {}

    /**
     * What the victim writes and syncs waits, again and again.
     *
     * @param period of one change between waiting and not
     */
    record DiskStalls(Victim victim, Duration period) implements OfDevices {}

    /** The victim is lost with its disk; healed by another one that takes over its vote and its replicas. */
    record Replace(Victim victim) implements Fault {
        @Override
        public Needs needs() {
            return Needs.SPARE;
        }
    }

    /** The victim gives all its leads away and takes none. */
    record Drain(Victim victim) implements Fault {
        @Override
        public int hits(int nodes) {
            return 0;
        }
    }

    /** The victim becomes the leader of the metadata quorum. */
    record TransferMetadata(Victim victim) implements Fault {
        @Override
        public int hits(int nodes) {
            return 0;
        }
    }

    /**
     * A partition gets other replicas, led by the victim if it may; healed by those from before.
     *
     * @param draw which partition, and which replicas
     */
    record Reassign(Victim victim, int draw) implements Fault {
        @Override
        public int hits(int nodes) {
            return 0;
        }
    }
}
