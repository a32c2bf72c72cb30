package io.barnabas.log;

/** An append that may have to wait for its replica to wake. */
record AppendProposal(Proposals proposals, PendingAppend pending) implements WaitingForLead.Proposal {

    @Override
    public int sizeInBytes() {
        return pending.batch().remaining();
    }

    @Override
    public void go() {
        proposals.append(pending);
    }

    @Override
    public void refuse(AppendRefusal reason, String message) {
        pending.outcome().complete(new AppendOutcome.Refused(reason, message));
    }
}
