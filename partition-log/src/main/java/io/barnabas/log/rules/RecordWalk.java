package io.barnabas.log.rules;

import io.barnabas.log.rules.BatchCheck.Invalid;
import io.barnabas.log.rules.BatchCheck.Reason;
import io.barnabas.log.rules.BatchCheck.RecordFault;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;

/** Looks at the records of a batch one by one. */
sealed interface RecordWalk {

    /** So many records at fault are told; the rest of a batch that is wrong throughout is not worth its bytes. */
    int MOST_FAULTS = 100;

    /**
     * All of them may be stored.
     *
     * @param maxTimestamp the largest, in milliseconds, -1 when none has one
     */
    record Passed(long maxTimestamp) implements RecordWalk {}

    /** Some may not. */
    record Refused(Invalid invalid) implements RecordWalk {}

    /**
     * Walks.
     *
     * @param batch one that is not compressed and whose header {@link BatchRules} let pass
     * @param keysNeeded whether every record must have a key, as in a compacted topic
     */
    static RecordWalk of(ByteBuffer batch, boolean keysNeeded, TimestampRange times) {
        List<RecordFault> faults = new ArrayList<>();
        boolean timely = true;
        long newest = -1;
        int index = 0;
        try {
            MutableRecordBatch records =
                    MemoryRecords.readableRecords(batch.slice()).batchIterator().next();
            for (Record each : records) {
                if (each.offset() - records.baseOffset() != index) {
                    return refused(
                            Reason.INVALID,
                            "record " + index + " has offset " + (each.offset() - records.baseOffset())
                                    + " in its batch; offsets must count from 0");
                }
                if (keysNeeded && !each.hasKey()) {
                    note(faults, index, "Compacted topic cannot accept message without key");
                } else if (!times.holds(each.timestamp())) {
                    timely = false;
                    note(faults, index, "timestamp " + each.timestamp() + " is out of range; " + times.sentence());
                }
                newest = Math.max(newest, each.timestamp());
                index++;
            }
        } catch (KafkaException | IllegalArgumentException e) {
            return refused(Reason.INVALID, "record " + index + " is no record: " + e.getMessage());
        }
        return faults.isEmpty() ? new Passed(newest) : refused(faults, timely);
    }

    private static void note(List<RecordFault> faults, int index, String message) {
        if (faults.size() < MOST_FAULTS) {
            faults.add(new RecordFault(index, message));
        }
    }

    private static Refused refused(Reason reason, String message) {
        return new Refused(new Invalid(reason, message));
    }

    private static Refused refused(List<RecordFault> faults, boolean timely) {
        RecordFault first = faults.getFirst();
        return new Refused(new Invalid(
                timely ? Reason.INVALID : Reason.INVALID_TIMESTAMP,
                "records were refused, the first is record " + first.index() + " of the batch: " + first.message(),
                List.copyOf(faults)));
    }
}
