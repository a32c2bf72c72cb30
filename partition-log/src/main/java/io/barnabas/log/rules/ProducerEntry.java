package io.barnabas.log.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is known of one idempotent producer on one partition.
 *
 * @param producerId its id
 * @param epoch its newest epoch seen in the log
 * @param batches its last batches of that epoch, oldest first, from one to {@link #REMEMBERED}
 */
public record ProducerEntry(long producerId, short epoch, List<Sent> batches) {

    /** A producer has at most five requests in flight when it is idempotent, so a retry is one of the last five. */
    public static final int REMEMBERED = 5;

    /**
     * One stored batch.
     *
     * @param firstSequence sequence of its first record
     * @param lastSequence sequence of its last record
     * @param firstOffset offset of its first record
     * @param lastOffset offset of its last record
     * @param timestamp when it was seen, in milliseconds since 1970
     */
    public record Sent(int firstSequence, int lastSequence, long firstOffset, long lastOffset, long timestamp) {

        static Sent of(BatchHeader header, long seenMs) {
            return new Sent(
                    header.baseSequence(), header.lastSequence(), header.baseOffset(), header.lastOffset(), seenMs);
        }
    }

    public ProducerEntry {
        batches = List.copyOf(batches);
        if (batches.isEmpty() || batches.size() > REMEMBERED) {
            throw new IllegalArgumentException("a producer's entry holds 1 to " + REMEMBERED + " batches");
        }
    }

    static ProducerEntry first(BatchHeader header, long seenMs) {
        return new ProducerEntry(header.producerId(), header.producerEpoch(), List.of(Sent.of(header, seenMs)));
    }

    ProducerEntry plus(BatchHeader header, long seenMs) {
        List<Sent> next = new ArrayList<>(batches.subList(batches.size() == REMEMBERED ? 1 : 0, batches.size()));
        next.add(Sent.of(header, seenMs));
        return new ProducerEntry(producerId, epoch, next);
    }

    /** The newest batch. */
    public Sent last() {
        return batches.getLast();
    }

    Optional<Sent> find(int firstSequence, int lastSequence) {
        return batches.stream()
                .filter(sent -> sent.firstSequence() == firstSequence && sent.lastSequence() == lastSequence)
                .findFirst();
    }
}
