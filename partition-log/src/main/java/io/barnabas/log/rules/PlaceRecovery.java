package io.barnabas.log.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a node does at its start about one replica whose files, or traces of a move, it found.
 *
 * <p>The record of places decides, not the files: a replica that begins anew while its real log is on a disk that is
 * away has forgotten what it acknowledged and whom it voted for, and so may break its quorum. A move copies into a
 * directory beside the final one, syncs it, then changes the record, then renames; so whatever a crash leaves can be
 * told apart.
 *
 * @param opensIn the id of the directory where the replica is opened, empty when it must not run
 * @param steps what to do with the files first, in this order
 * @param lost why the replica must not run, empty when it is opened or nothing is left of it
 */
public record PlaceRecovery(Optional<String> opensIn, List<Step> steps, Optional<Lost> lost) {

    public PlaceRecovery {
        steps = List.copyOf(steps);
    }

    /** Files in one directory. */
    public sealed interface Step {

        /** The directory's id. */
        String directory();

        /** Gives the finished copy of a move its final name. */
        record FinishMove(String directory) implements Step {}

        /** Deletes the copy of a move that did not come to its end. */
        record DeleteCopy(String directory) implements Step {}

        /** Deletes a replica's files that are older than those elsewhere. */
        record DeleteOld(String directory) implements Step {}

        /** Renames a replica's files so that they are not opened. */
        record SetAside(String directory) implements Step {}

        /** Deletes files set aside before, now that newer ones are there. */
        record DeleteAside(String directory) implements Step {}
    }

    /** Why a replica must not run. */
    public enum Lost {
        /** Its directory is not well. */
        DIRECTORY_AWAY,
        /** Its directory is well, but its files are not there. */
        FILES_GONE,
        /** Its files are in several directories, and nothing says which are newer. */
        AMBIGUOUS
    }

    /**
     * What is known about one replica.
     *
     * @param recorded id of the directory that the record of places names
     * @param online ids of the directories that are well
     * @param found ids of those that hold the replica's files
     * @param copies ids of those that hold the copy of a move
     * @param aside ids of those that hold files set aside
     */
    public record Facts(
            Optional<String> recorded, Set<String> online, Set<String> found, Set<String> copies, Set<String> aside) {}

    /** Decides. */
    public static PlaceRecovery of(Facts facts) {
        List<Step> steps = new ArrayList<>();
        Set<String> found = new TreeSet<>(facts.found());
        for (String copy : new TreeSet<>(facts.copies())) {
            // The record is changed after the copy is whole and on disk, and before it gets its final name.
            if (facts.recorded().equals(Optional.of(copy)) && !found.contains(copy)) {
                steps.add(new Step.FinishMove(copy));
                found.add(copy);
            } else {
                steps.add(new Step.DeleteCopy(copy));
            }
        }
        if (facts.recorded().isPresent() && found.contains(facts.recorded().get())) {
            return open(facts.recorded().get(), found, facts.aside(), steps);
        }
        boolean away = facts.recorded().isPresent()
                && !facts.online().contains(facts.recorded().get());
        if (!away && found.size() == 1) {
            // Not recorded yet, or moved by hand while the node was down.
            return open(found.iterator().next(), found, facts.aside(), steps);
        }
        found.forEach(directory -> steps.add(new Step.SetAside(directory)));
        if (away) {
            return new PlaceRecovery(Optional.empty(), steps, Optional.of(Lost.DIRECTORY_AWAY));
        }
        if (!found.isEmpty()) {
            return new PlaceRecovery(Optional.empty(), steps, Optional.of(Lost.AMBIGUOUS));
        }
        boolean trace = facts.recorded().isPresent() || !facts.aside().isEmpty();
        return new PlaceRecovery(Optional.empty(), steps, trace ? Optional.of(Lost.FILES_GONE) : Optional.empty());
    }

    private static PlaceRecovery open(String directory, Set<String> found, Set<String> aside, List<Step> steps) {
        for (String other : found) {
            if (!other.equals(directory)) {
                steps.add(new Step.DeleteOld(other));
            }
        }
        new TreeSet<>(aside).forEach(other -> steps.add(new Step.DeleteAside(other)));
        return new PlaceRecovery(Optional.of(directory), steps, Optional.empty());
    }
}
