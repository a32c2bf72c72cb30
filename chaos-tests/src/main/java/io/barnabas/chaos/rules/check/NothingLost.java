package io.barnabas.chaos.rules.check;

import io.barnabas.chaos.rules.history.Call;

/**
 * A record that was acknowledged with acks=all is still there when all is over: each final reader of its partition
 * finds it at the offset of its acknowledgement. It may be gone only below the log start of a topic that is trimmed, or
 * on a compacted topic when a later record of its key is known. Without a final reading that covers it, the verdict is
 * open.
 *
 * <p>A record whose acknowledgement names no offset has to be seen anywhere in its partition; on a trimmed topic it is
 * not looked for. Linear; no memory of its own.
 */
public final class NothingLost implements Checker {

    @Override
    public String promise() {
        return "nothing acknowledged by all is lost";
    }

    @Override
    public Judgement judge(LogRecords log) {
        Findings findings = new Findings(promise());
        for (PartitionRecords partition : log.partitions()) {
            judge(partition, log.sent(), findings);
        }
        for (int send = 0; send < log.sent().size(); send++) {
            if (log.wasAcknowledgedNowhere(send) && log.sent().acks(send) == Call.Acks.ALL) {
                judgeWithoutOffset(log, send, findings);
            }
        }
        return findings.judgement();
    }

    private void judge(PartitionRecords partition, SentRecords sent, Findings findings) {
        long[] unread = new long[1];
        partition.acknowledged().forEach((offset, entry) -> {
            int send = entry - 1;
            if (sent.acks(send) != Call.Acks.ALL) {
                return;
            }
            findings.checked();
            switch (Fate.of(partition, offset, send)) {
                case KEPT, GONE_BY_RULE -> {}
                case UNREAD -> unread[0]++;
                case LOST ->
                    findings.broken(
                            partition.partition() + " lost value " + sent.value(send) + ", acknowledged at offset "
                                    + offset + ": " + Fate.why(partition, offset, send),
                            Place.of(partition.partition(), offset, sent.value(send)));
            }
        });
        if (unread[0] > 0) {
            findings.undecided(Fate.whyUnread(partition, unread[0]));
        }
    }

    private void judgeWithoutOffset(LogRecords log, int send, Findings findings) {
        SentRecords sent = log.sent();
        PartitionRecords partition = log.partition(sent.partition(send));
        findings.checked();
        if (log.wasFinallySeen(send) || partition.isTrimmed() || partition.isSuperseded(-1, send)) {
            return;
        }
        if (partition.isFinallyRead()) {
            findings.broken(
                    partition.partition() + " lost value " + sent.value(send)
                            + ", acknowledged without an offset: no final reader saw it",
                    Place.ofValue(partition.partition(), sent.value(send)));
        } else {
            findings.undecided(Fate.whyUnread(partition, 1));
        }
    }
}
