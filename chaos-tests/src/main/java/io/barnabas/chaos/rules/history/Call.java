package io.barnabas.chaos.rules.history;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.apache.kafka.common.TopicPartition;

/**
 * What a client asks of the cluster. A topic whose records are sent and polled keeps its name for the whole run: made
 * again under the same name, its offsets would begin again and look lost.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "do")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Call.Send.class, name = "send"),
    @JsonSubTypes.Type(value = Call.Poll.class, name = "poll"),
    @JsonSubTypes.Type(value = Call.Commit.class, name = "commit"),
    @JsonSubTypes.Type(value = Call.Committed.class, name = "committed"),
    @JsonSubTypes.Type(value = Call.ListOffsets.class, name = "offsets"),
    @JsonSubTypes.Type(value = Call.RegisterWrite.class, name = "write"),
    @JsonSubTypes.Type(value = Call.RegisterRead.class, name = "read"),
    @JsonSubTypes.Type(value = Call.CreateTopic.class, name = "create"),
    @JsonSubTypes.Type(value = Call.DeleteTopic.class, name = "delete"),
    @JsonSubTypes.Type(value = Call.SetConfig.class, name = "config"),
    @JsonSubTypes.Type(value = Call.Describe.class, name = "describe")
})
public sealed interface Call {

    /** Which answer belongs to this call when it succeeds. */
    Class<? extends Answer> answer();

    /** What a producer waits for. */
    enum Acks {
        NONE,
        LEADER,
        ALL
    }

    /** Where a poll begins. */
    enum Reading {
        /** Where this client's last poll of the partition ended; nobody moved it. */
        FOLLOWING,
        /** At a position the harness chose: the first poll, a seek, a new assignment. */
        SOUGHT,
        /**
         * Part of the last reading of the whole partition, after all faults are healed and all sends are over. Each
         * final reader is a client of its own; its first poll may begin anywhere, the next ones follow.
         */
        FINAL
    }

    /**
     * One record.
     *
     * @param session one life of one producer; a new one begins when the producer is made again
     * @param sequence rises with each send of the session to the partition, in the order of the calls
     * @param value a fingerprint of all the bytes of key and value as sent, 64 bits, never twice in a run
     * @param key which key the record has, {@link #NO_KEY} for none; only compaction looks at it. Tombstones are not
     *     checked: do not send them where records are.
     * @param idempotent the producer promises no duplicates and no reordering
     */
    record Send(
            @JsonProperty("p") TopicPartition partition,
            @JsonProperty("session") long session,
            @JsonProperty("seq") long sequence,
            @JsonProperty("v") long value,
            @JsonProperty("key") long key,
            @JsonProperty("acks") Acks acks,
            @JsonProperty("idem") boolean idempotent)
            implements Call {

        /** A record without a key. */
        public static final long NO_KEY = -1;

        @Override
        public Class<Answer.Sent> answer() {
            return Answer.Sent.class;
        }
    }

    /**
     * Reads from one partition.
     *
     * @param position the offset that the client asks for
     */
    record Poll(
            @JsonProperty("p") TopicPartition partition,
            @JsonProperty("at") long position,
            @JsonProperty("reading") Reading reading)
            implements Call {

        @Override
        public Class<Answer.Polled> answer() {
            return Answer.Polled.class;
        }
    }

    /** Stores a group's position. */
    record Commit(
            @JsonProperty("group") String group,
            @JsonProperty("p") TopicPartition partition,
            @JsonProperty("offset") long offset)
            implements Call {

        @Override
        public Class<Answer.Done> answer() {
            return Answer.Done.class;
        }
    }

    /** Asks for a group's position. */
    record Committed(
            @JsonProperty("group") String group,
            @JsonProperty("p") TopicPartition partition) implements Call {

        @Override
        public Class<Answer.CommittedOffset> answer() {
            return Answer.CommittedOffset.class;
        }
    }

    /**
     * Asks for one offset of a partition, as Kafka's ListOffsets does.
     *
     * @param timestamp a record's timestamp in milliseconds, {@link #EARLIEST} or {@link #LATEST}
     */
    record ListOffsets(
            @JsonProperty("p") TopicPartition partition,
            @JsonProperty("ts") long timestamp) implements Call {

        public static final long LATEST = -1;
        public static final long EARLIEST = -2;

        @Override
        public Class<Answer.FoundOffset> answer() {
            return Answer.FoundOffset.class;
        }
    }

    /**
     * Writes a register, which is a key on a compacted topic.
     *
     * @param value never twice in a run, or {@link #ABSENT} to delete
     */
    record RegisterWrite(
            @JsonProperty("register") String register,
            @JsonProperty("v") long value) implements Call {

        /** No value. */
        public static final long ABSENT = -1;

        @Override
        public Class<Answer.Done> answer() {
            return Answer.Done.class;
        }
    }

    /** Reads a register: the newest value of its key. */
    record RegisterRead(@JsonProperty("register") String register) implements Call {

        @Override
        public Class<Answer.RegisterValue> answer() {
            return Answer.RegisterValue.class;
        }
    }

    /** Makes a topic. */
    record CreateTopic(
            @JsonProperty("topic") String topic,
            @JsonProperty("partitions") int partitions) implements Call {

        @Override
        public Class<Answer.Done> answer() {
            return Answer.Done.class;
        }
    }

    /** Deletes a topic. */
    record DeleteTopic(@JsonProperty("topic") String topic) implements Call {

        @Override
        public Class<Answer.Done> answer() {
            return Answer.Done.class;
        }
    }

    /**
     * Sets one config of a topic.
     *
     * @param value null takes the setting back
     */
    record SetConfig(
            @JsonProperty("topic") String topic,
            @JsonProperty("name") String name,
            @JsonProperty("value") String value) implements Call {

        @Override
        public Class<Answer.Done> answer() {
            return Answer.Done.class;
        }
    }

    /** Asks what a topic is. */
    record Describe(@JsonProperty("topic") String topic) implements Call {

        @Override
        public Class<Answer.TopicDescription> answer() {
            return Answer.TopicDescription.class;
        }
    }
}
