package io.barnabas.chaos.rules.check;

/**
 * Whatever is read was sent: its value by somebody, to this partition, before it was read. And a send that failed for
 * certain is never read (Adya's G1a, an aborted read). Linear; no memory of its own.
 */
public final class NoPhantoms implements Checker {

    @Override
    public String promise() {
        return "nothing is read that was not sent";
    }

    @Override
    public Judgement judge(LogRecords log) {
        Findings findings = new Findings(promise());
        SentRecords sent = log.sent();
        for (PartitionRecords partition : log.partitions()) {
            for (PartitionRecords.Stranger stranger : partition.strangers()) {
                int send = sent.find(stranger.value());
                String why = send < 0
                        ? "which nobody sent"
                        : sent.partition(send).equals(partition.partition())
                                ? "before it was sent"
                                : "which was sent to " + sent.partition(send);
                findings.broken(
                        partition.partition() + " returned value " + stranger.value() + " at offset "
                                + stranger.offset() + ", " + why,
                        Place.of(partition.partition(), stranger.offset(), stranger.value()));
            }
            partition.read().forEach((offset, entry) -> {
                findings.checked();
                if (entry > 0 && sent.isFailed(entry - 1)) {
                    findings.broken(
                            partition.partition() + " returned value " + sent.value(entry - 1) + " at offset " + offset
                                    + ", the send of which had failed",
                            Place.of(partition.partition(), offset, sent.value(entry - 1)));
                }
            });
        }
        return findings.judgement();
    }
}
