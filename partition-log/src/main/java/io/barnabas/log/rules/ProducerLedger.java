package io.barnabas.log.rules;

import io.barnabas.log.rules.SequenceCheck.Duplicate;
import io.barnabas.log.rules.SequenceCheck.Fenced;
import io.barnabas.log.rules.SequenceCheck.Next;
import io.barnabas.log.rules.SequenceCheck.OutOfOrder;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The idempotent producers of one partition: what {@link #check} decides, {@link #record} remembers. Not for several
 * threads at once. A {@link #copy} shares everything until one of the two changes.
 *
 * <p>The rules are those of KIP-98 and KIP-360:
 *
 * <ul>
 *   <li>within an epoch the sequence follows the last one, and 0 follows {@link Integer#MAX_VALUE};
 *   <li>a higher epoch begins at sequence 0, a lower one is fenced;
 *   <li>a batch equal in sequences to one of the last five is a duplicate;
 *   <li>a producer of which nothing is known begins at sequence 0 too. Kafka lets it begin anywhere; then of several
 *       pipelined batches, of which the first met a broker that did not lead yet, a later one would be stored and the
 *       first refused for ever after. A producer whose state expired is told OUT_OF_ORDER and takes a new epoch
 *       (KIP-360).
 * </ul>
 */
public final class ProducerLedger {

    private static final Next NEXT = new Next();

    private Map<Long, ProducerEntry> entries;
    private boolean shared;

    /** A ledger that knows nobody. */
    public ProducerLedger() {
        this(new HashMap<>(), false);
    }

    private ProducerLedger(Map<Long, ProducerEntry> entries, boolean shared) {
        this.entries = entries;
        this.shared = shared;
    }

    /** A ledger that knows what {@code entries} say, say from a snapshot. */
    public static ProducerLedger of(Collection<ProducerEntry> entries) {
        Map<Long, ProducerEntry> byId = HashMap.newHashMap(entries.size());
        entries.forEach(entry -> byId.put(entry.producerId(), entry));
        return new ProducerLedger(byId, false);
    }

    /** Whether the batch is the producer's next one; always when its producer is not idempotent. */
    public SequenceCheck check(BatchHeader header) {
        if (!header.isIdempotent()) {
            return NEXT;
        }
        ProducerEntry entry = entries.get(header.producerId());
        if (entry == null) {
            return header.baseSequence() == 0
                    ? NEXT
                    : new OutOfOrder("producer " + header.producerId() + " is not known and began at sequence "
                            + header.baseSequence() + " instead of 0");
        }
        if (header.producerEpoch() < entry.epoch()) {
            return new Fenced("producer " + header.producerId() + " sent epoch " + header.producerEpoch() + ", epoch "
                    + entry.epoch() + " is known already");
        }
        if (header.producerEpoch() > entry.epoch()) {
            return header.baseSequence() == 0
                    ? NEXT
                    : new OutOfOrder("producer " + header.producerId() + " began epoch " + header.producerEpoch()
                            + " at sequence " + header.baseSequence() + " instead of 0");
        }
        Optional<ProducerEntry.Sent> twin = entry.find(header.baseSequence(), header.lastSequence());
        if (twin.isPresent()) {
            return new Duplicate(twin.get().firstOffset(), twin.get().lastOffset());
        }
        int expected = (entry.last().lastSequence() + 1) & Integer.MAX_VALUE;
        return header.baseSequence() == expected
                ? NEXT
                : new OutOfOrder("producer " + header.producerId() + " sent sequences " + header.baseSequence() + " to "
                        + header.lastSequence() + ", expected is " + expected);
    }

    /**
     * Remembers a batch that stands in the log, with its final offset. What the log holds is a fact: no check is made,
     * so that a replay ends where the first run did. The batch's largest timestamp stands for the time it was seen.
     */
    public void record(BatchHeader header) {
        record(header, header.maxTimestamp());
    }

    /**
     * Remembers a batch that stands in the log.
     *
     * @param seenMs the time of day, by which {@link #expire} counts. Better than the records' own timestamps: a
     *     producer that replays old records is not idle
     */
    public void record(BatchHeader header, long seenMs) {
        if (!header.isIdempotent()) {
            return;
        }
        own();
        entries.compute(
                header.producerId(),
                (id, entry) -> entry == null || entry.epoch() != header.producerEpoch()
                        ? ProducerEntry.first(header, seenMs)
                        : entry.plus(header, seenMs));
    }

    /**
     * Forgets producers whose last batch is older than {@code idleMs}.
     *
     * @param nowMs the time of day to measure from
     */
    public void expire(long nowMs, long idleMs) {
        long oldest = nowMs - idleMs;
        if (entries.values().stream().anyMatch(entry -> entry.last().timestamp() < oldest)) {
            own();
            entries.values().removeIf(entry -> entry.last().timestamp() < oldest);
        }
    }

    /** A ledger that knows the same and goes its own way from here. */
    public ProducerLedger copy() {
        shared = true;
        return new ProducerLedger(entries, true);
    }

    /** What is known, in no order; of this moment when taken from a {@link #copy}. */
    public Collection<ProducerEntry> entries() {
        return Collections.unmodifiableCollection(entries.values());
    }

    /** How many producers are known. */
    public int size() {
        return entries.size();
    }

    private void own() {
        if (shared) {
            entries = new HashMap<>(entries);
            shared = false;
        }
    }
}
