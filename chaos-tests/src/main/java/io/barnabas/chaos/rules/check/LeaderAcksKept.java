package io.barnabas.chaos.rules.check;

import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Event;

/**
 * The weaker promise of acks=1: the leader alone has the record, so it may be lost when the leader is. A record that
 * was acknowledged with acks=1 is still there when all is over (as in {@link NothingLost}) if
 *
 * <ul>
 *   <li>anyone read it, for only what a majority has is shown to readers; or
 *   <li>no fault was active from some grace before its invocation until as long after its acknowledgement.
 * </ul>
 *
 * <p>Linear; of its own it keeps the times of the faults only.
 */
public final class LeaderAcksKept implements Checker {

    private final long graceNs;
    private final FaultTimes faults = new FaultTimes();

    /**
     * Watches with this grace.
     *
     * @param graceNs how long followers may take to copy a record, and a healed cluster to settle, in nanoseconds
     */
    public LeaderAcksKept(long graceNs) {
        this.graceNs = graceNs;
    }

    @Override
    public String promise() {
        return "what a leader acknowledged is lost with the leader only";
    }

    @Override
    public void faultBegan(Event.FaultBegin fault) {
        faults.faultBegan(fault);
    }

    @Override
    public void faultEnded(Event.FaultEnd fault) {
        faults.faultEnded(fault);
    }

    @Override
    public void ended(long timeNs) {
        faults.ended(timeNs);
    }

    @Override
    public Judgement judge(LogRecords log) {
        Findings findings = new Findings(promise());
        for (PartitionRecords partition : log.partitions()) {
            judge(log, partition, findings);
        }
        return findings.judgement();
    }

    private void judge(LogRecords log, PartitionRecords partition, Findings findings) {
        SentRecords sent = log.sent();
        long[] unread = new long[1];
        partition.acknowledged().forEach((offset, entry) -> {
            int send = entry - 1;
            if (sent.acks(send) != Call.Acks.LEADER) {
                return;
            }
            findings.checked();
            Fate fate = Fate.of(partition, offset, send);
            boolean wasRead = partition.read().get(offset) == entry;
            if (fate == Fate.UNREAD) {
                unread[0]++;
            } else if (fate == Fate.LOST && (wasRead || !faultNear(log, send))) {
                findings.broken(
                        partition.partition() + " lost value " + sent.value(send)
                                + ", which its leader acknowledged at offset " + offset + " and "
                                + (wasRead ? "which was read" : "which no fault explains") + ": "
                                + Fate.why(partition, offset, send),
                        Place.of(partition.partition(), offset, sent.value(send)));
            }
        });
        for (PartitionRecords.Displaced displaced : partition.displaced()) {
            int send = displaced.send();
            findings.checked();
            if (partition.read().get(displaced.offset()) != send + 1 && !faultNear(log, send)) {
                findings.broken(
                        partition.partition() + " lost value " + sent.value(send)
                                + ", which its leader acknowledged at offset " + displaced.offset()
                                + " and no fault explains: another record has the offset",
                        Place.of(partition.partition(), displaced.offset(), sent.value(send)));
            }
        }
        if (unread[0] > 0) {
            findings.undecided(Fate.whyUnread(partition, unread[0]));
        }
    }

    private boolean faultNear(LogRecords log, int send) {
        return faults.anyBetween(log.invokedNs(send) - graceNs, log.acknowledgedNs(send) + graceNs);
    }
}
