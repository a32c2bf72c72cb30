package io.barnabas.log.rules;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Which log directory takes a new replica: the one with the fewest, and among those the one with the most room. */
public final class DirectoryChoice {

    private DirectoryChoice() {}

    /**
     * A directory that could take it.
     *
     * @param id its {@code directory.id}
     * @param replicas how many it has
     * @param usableBytes how much room is left
     */
    public record Candidate(String id, int replicas, long usableBytes) {}

    /** The id of the directory to take; of equal ones the first. Empty when there is none. */
    public static Optional<String> choose(Collection<Candidate> candidates) {
        // min() keeps the first of equal elements.
        return candidates.stream()
                .min(Comparator.comparingInt(Candidate::replicas)
                        .thenComparing(Candidate::usableBytes, Comparator.reverseOrder()))
                .map(Candidate::id);
    }
}
