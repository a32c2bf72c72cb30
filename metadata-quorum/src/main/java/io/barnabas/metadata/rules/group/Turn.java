package io.barnabas.metadata.rules.group;

import io.barnabas.metadata.rules.MetadataImage;

/** What an event meets: the time and the cluster as they are now, and the step that it adds to. */
record Turn(long nowMs, MetadataImage image, Step.Builder out) {

    static Turn at(long nowMs, MetadataImage image) {
        return new Turn(nowMs, image, new Step.Builder());
    }

    void write(GroupRecord record) {
        out.write(record);
    }

    void answer(long ticket, GroupResponse response) {
        out.answer(ticket, response);
    }

    void fail(long ticket, GroupError error, String message) {
        out.fail(ticket, error, message);
    }
}
