package io.barnabas.chaos.rules.check;

/**
 * A record of an idempotent producer lies at one offset, however often the producer had to send it. Linear; one bit per
 * send.
 */
public final class NoDuplicates implements Checker {

    @Override
    public String promise() {
        return "an idempotent producer's record is stored once";
    }

    @Override
    public Judgement judge(LogRecords log) {
        Findings findings = new Findings(promise());
        SentRecords sent = log.sent();
        LongColumn seen = new LongColumn();
        for (PartitionRecords partition : log.partitions()) {
            partition.read().forEach((offset, entry) -> {
                int send = entry - 1;
                if (entry < 0 || !sent.isIdempotent(send)) {
                    return;
                }
                findings.checked();
                if (seen.bit(send)) {
                    findings.broken(
                            partition.partition() + " holds value " + sent.value(send)
                                    + " of an idempotent producer once more at offset " + offset,
                            Place.ofValue(partition.partition(), sent.value(send)));
                }
                seen.setBit(send);
            });
        }
        return findings.judgement();
    }
}
