package io.barnabas.chaos.rules.check;

/**
 * An offset holds one record: every read, from every replica, at any time, returns the same value and timestamp, and no
 * two sends are acknowledged with it. (An offset that was acknowledged to one record and read as another is a lost
 * record, see {@link NothingLost}.) Linear; no memory of its own.
 */
public final class SameEverywhere implements Checker {

    @Override
    public String promise() {
        return "an offset holds the same record for everyone";
    }

    @Override
    public Judgement judge(LogRecords log) {
        Findings findings = new Findings(promise());
        for (PartitionRecords partition : log.partitions()) {
            findings.checked(partition.compared());
            for (PartitionRecords.Conflict conflict : partition.conflicts()) {
                findings.broken(
                        partition.partition() + " offset " + conflict.offset() + " " + conflict.what(),
                        Place.of(partition.partition(), conflict.offset()));
            }
        }
        return findings.judgement();
    }
}
