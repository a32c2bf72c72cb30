package io.barnabas.metadata.rules.group;

import java.util.ArrayList;
import java.util.List;

/**
 * What one event does.
 *
 * @param records to be committed, in order
 * @param answers to be given once those records, and all of earlier steps of the shard, are committed
 */
public record Step(List<GroupRecord> records, List<Answer> answers) {

    /** The answer to the request that came with {@code ticket}. Each ticket is answered once, perhaps much later. */
    public record Answer(long ticket, GroupResponse response) {}

    /** Collects a step. */
    public static final class Builder {

        private final List<GroupRecord> records = new ArrayList<>();
        private final List<Answer> answers = new ArrayList<>();

        /** Adds a record. */
        public Builder write(GroupRecord record) {
            records.add(record);
            return this;
        }

        /** Answers a request. */
        public Builder answer(long ticket, GroupResponse response) {
            answers.add(new Answer(ticket, response));
            return this;
        }

        /** Refuses a request. */
        public Builder fail(long ticket, GroupError error, String message) {
            return answer(ticket, new GroupResponse.Failed(error, message));
        }

        /** The step so far. */
        public Step build() {
            return new Step(List.copyOf(records), List.copyOf(answers));
        }
    }
}
