package io.barnabas.chaos.rules.check;

import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Operation;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;

/**
 * Judges offsets that were asked for by timestamp: the answer is the first record whose timestamp is at least the one
 * asked for. The log as it was finally read tells: what is in it at an offset below the answer was in it when the
 * answer was given, for records only come behind and go. So
 *
 * <ul>
 *   <li>the record answered, as far as anyone read it, is as young as asked, and its timestamp is the one answered;
 *   <li>no record of the final log below the answer is that young;
 *   <li>when no record was found, none of the final log below the end known before the question is that young;
 *   <li>the answer lies below the end of the final log.
 * </ul>
 */
final class TimestampAnswers {

    /**
     * A question with its answer.
     *
     * @param timestamp asked for, in milliseconds
     * @param knownEnd how far the log was known to reach before the question
     */
    record Question(Operation operation, long timestamp, Answer.FoundOffset found, long knownEnd) {}

    private final PartitionRecords partition;
    private final List<long[]> youngest = new ArrayList<>();

    TimestampAnswers(PartitionRecords partition) {
        this.partition = partition;
    }

    void judge(List<Question> questions, Findings findings) {
        TopicPartition name = partition.partition();
        FinalReading reading = null;
        for (FinalReading candidate : partition.finalReadings()) {
            if (candidate.gap().isEmpty()) {
                reading = candidate;
            }
        }
        if (reading == null) {
            findings.undecided(name + ": cannot tell of " + questions.size()
                    + " answers by timestamp, nobody read the whole partition when all was over");
            return;
        }
        rememberYoungest(reading);
        for (Question question : questions) {
            String wrong = wrong(question, reading);
            if (!wrong.isEmpty()) {
                long offset = question.found().offset();
                findings.broken(
                        name + " was asked for timestamp " + question.timestamp() + " and answered "
                                + (offset < 0 ? "that there is none" : "offset " + offset) + ", but " + wrong,
                        Place.of(name, offset),
                        question.operation().events());
            }
        }
    }

    /** Each record of the final log that is younger than all before it, as offset and timestamp: both rise. */
    private void rememberYoungest(FinalReading reading) {
        partition.read().forEach((offset, entry) -> {
            long timestamp = partition.timestamp(offset);
            if (reading.has(offset) && (youngest.isEmpty() || timestamp > youngest.getLast()[1])) {
                youngest.add(new long[] {offset, timestamp});
            }
        });
    }

    private String wrong(Question question, FinalReading reading) {
        long answer = question.found().offset();
        long told = question.found().timestamp();
        long below = answer < 0 ? question.knownEnd() : answer;
        long[] first = firstFrom(question.timestamp());
        if (first != null && first[0] < below) {
            return "offset " + first[0] + " has timestamp " + first[1];
        }
        if (answer < 0) {
            return "";
        }
        if (told >= 0 && told < question.timestamp()) {
            return "its timestamp " + told + " is older";
        }
        if (answer >= reading.next()) {
            return "the log ends at " + reading.next();
        }
        if (partition.read().get(answer) != 0) {
            long read = partition.timestamp(answer);
            if (read < question.timestamp() || told >= 0 && told != read) {
                return "the record there has timestamp " + read + (told >= 0 ? ", not " + told : "");
            }
        }
        return "";
    }

    /** The first record of the final log that is as young, null when there is none. */
    private long[] firstFrom(long timestamp) {
        int low = 0;
        int high = youngest.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (youngest.get(middle)[1] >= timestamp) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low < youngest.size() ? youngest.get(low) : null;
    }
}
