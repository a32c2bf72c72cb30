package io.barnabas.chaos.rules.plan;

/**
 * What can befall the cluster of a run.
 *
 * @param nodes how many it has
 * @param links whether links can be cut
 * @param disks whether disks can be filled
 * @param spare whether there is room for another node
 */
public record Powers(int nodes, boolean links, boolean disks, boolean spare) {

    /** Whether that can befall it. */
    public boolean meet(Fault.Needs needs) {
        return switch (needs) {
            case NOTHING -> true;
            case LINKS -> links;
            case DISKS -> disks;
            case SPARE -> spare;
        };
    }
}
