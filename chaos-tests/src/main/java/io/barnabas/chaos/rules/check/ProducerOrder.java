package io.barnabas.chaos.rules.check;

import java.util.HashMap;
import java.util.Map;

/**
 * The records of one session of an idempotent producer lie in a partition in the order in which they were sent, be it
 * that they were read or only acknowledged. Records may be missing between them (failed, trimmed, compacted). Of a
 * value that lies at two offsets the first counts; the second is a duplicate. Linear; one bit per send, and a few bytes
 * per session and partition.
 */
public final class ProducerOrder implements Checker {

    @Override
    public String promise() {
        return "a producer's records keep their order";
    }

    @Override
    public Judgement judge(LogRecords log) {
        Findings findings = new Findings(promise());
        SentRecords sent = log.sent();
        LongColumn seen = new LongColumn();
        for (PartitionRecords partition : log.partitions()) {
            Map<Long, Integer> latest = new HashMap<>();
            partition.forEachKnown((offset, entry) -> {
                int send = entry - 1;
                if (entry < 0 || !sent.isIdempotent(send) || seen.bit(send)) {
                    return;
                }
                seen.setBit(send);
                findings.checked();
                Integer before = latest.get(sent.session(send));
                if (before != null && sent.sequence(before) >= sent.sequence(send)) {
                    findings.broken(
                            partition.partition() + " holds value " + sent.value(send) + " (sequence "
                                    + sent.sequence(send) + " of session " + sent.session(send) + ") at offset "
                                    + offset + ", behind value " + sent.value(before) + " (sequence "
                                    + sent.sequence(before) + "), which was sent later",
                            Place.of(partition.partition(), offset, sent.value(send)));
                } else {
                    latest.put(sent.session(send), send);
                }
            });
        }
        return findings.judgement();
    }
}
