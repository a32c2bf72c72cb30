package io.barnabas.chaos.rules.history;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Map;

/** What a successful call returns. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "got")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Answer.Done.class, name = "done"),
    @JsonSubTypes.Type(value = Answer.Sent.class, name = "sent"),
    @JsonSubTypes.Type(value = Answer.Polled.class, name = "polled"),
    @JsonSubTypes.Type(value = Answer.CommittedOffset.class, name = "committed"),
    @JsonSubTypes.Type(value = Answer.FoundOffset.class, name = "offset"),
    @JsonSubTypes.Type(value = Answer.RegisterValue.class, name = "value"),
    @JsonSubTypes.Type(value = Answer.TopicDescription.class, name = "topic")
})
public sealed interface Answer {

    /** Nothing to say beside that it is done. */
    record Done() implements Answer {}

    /**
     * An acknowledged record.
     *
     * @param offset where it lies, {@link #UNKNOWN_OFFSET} when the broker does not say (acks=0, or a batch that it
     *     knew already and whose offset it no longer knows)
     */
    record Sent(@JsonProperty("o") long offset) implements Answer {

        public static final long UNKNOWN_OFFSET = -1;
    }

    /**
     * What one read returned, perhaps nothing.
     *
     * @param node who answered, leader or follower
     * @param highWatermark the partition's, as told in this answer; -1 when the client does not show it
     * @param logStart the partition's log start offset, as told in this answer; -1 when the client does not show it
     * @param nextPosition where the client goes on
     */
    record Polled(
            @JsonProperty("node") int node,
            @JsonProperty("hw") long highWatermark,
            @JsonProperty("start") long logStart,
            @JsonProperty("next") long nextPosition,
            @JsonProperty("records") Records records)
            implements Answer {}

    /**
     * A group's position.
     *
     * @param offset -1 when the group has none
     */
    record CommittedOffset(@JsonProperty("offset") long offset) implements Answer {}

    /**
     * One offset of a partition.
     *
     * @param offset -1 when no record is that young
     * @param timestamp of the record at this offset in milliseconds; -1 when the answer names none
     */
    record FoundOffset(
            @JsonProperty("offset") long offset,
            @JsonProperty("ts") long timestamp) implements Answer {}

    /** A register's value, {@link Call.RegisterWrite#ABSENT} when it has none. */
    record RegisterValue(@JsonProperty("v") long value) implements Answer {}

    /**
     * A topic as a client saw it.
     *
     * @param partitions how many; 0 when there is no such topic
     * @param configs those that are set for this topic, without defaults
     */
    record TopicDescription(
            @JsonProperty("partitions") int partitions,
            @JsonProperty("configs") Map<String, String> configs) implements Answer {

        public TopicDescription {
            configs = Map.copyOf(configs);
        }

        /** The answer when there is no such topic. */
        public static TopicDescription absent() {
            return new TopicDescription(0, Map.of());
        }
    }
}
