package io.barnabas.chaos.rules.history;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/** One line of a history. The names in quotation marks are those of the journal, which is read by later releases. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Event.RunStarted.class, name = "run"),
    @JsonSubTypes.Type(value = Event.TopicDeclared.class, name = "topic"),
    @JsonSubTypes.Type(value = Event.Invocation.class, name = "invoke"),
    @JsonSubTypes.Type(value = Event.Completion.class, name = "complete"),
    @JsonSubTypes.Type(value = Event.TurnBegin.class, name = "turn"),
    @JsonSubTypes.Type(value = Event.FaultBegin.class, name = "fault"),
    @JsonSubTypes.Type(value = Event.FaultEnd.class, name = "healed")
})
public sealed interface Event {

    /** Nanoseconds of a monotonic clock, the same for all events of a run; never less than the event's before. */
    long timeNs();

    /**
     * What the run is, so that it can be repeated from its journal.
     *
     * @param wallClockMs the time of day, in milliseconds since 1970
     */
    record RunStarted(
            @JsonProperty("t") long timeNs,
            @JsonProperty("scenario") String scenario,
            @JsonProperty("seed") long seed,
            @JsonProperty("nodes") int nodes,
            @JsonProperty("wall") long wallClockMs)
            implements Event {}

    /**
     * Which records of a topic may go though they were acknowledged. Comes before the topic's first record; a topic
     * that is not declared keeps all.
     *
     * @param compacted a record may go when its key has a later one
     * @param trimmed retention or DeleteRecords may move the log start offset
     */
    record TopicDeclared(
            @JsonProperty("t") long timeNs,
            @JsonProperty("topic") String topic,
            @JsonProperty("compacted") boolean compacted,
            @JsonProperty("trimmed") boolean trimmed)
            implements Event {}

    /**
     * A client is about to do something.
     *
     * @param operation its number, once per run
     * @param client the thread or process that calls; one reader is one client
     */
    record Invocation(
            @JsonProperty("t") long timeNs,
            @JsonProperty("op") long operation,
            @JsonProperty("client") int client,
            @JsonProperty("call") Call call)
            implements Event {}

    /** The client has the answer to the operation of this number, or gave up on it. */
    record Completion(
            @JsonProperty("t") long timeNs,
            @JsonProperty("op") long operation,
            @JsonProperty("result") Result result) implements Event {}

    /**
     * From here on faults are those of another scenario.
     *
     * @param scenario its name, empty for the time after the last one
     */
    record TurnBegin(
            @JsonProperty("t") long timeNs,
            @JsonProperty("scenario") String scenario) implements Event {}

    /**
     * A fault is about to be caused.
     *
     * @param fault its number, once per run
     * @param kind for example {@code kill}
     * @param targets nodes, links or directories that it hits
     */
    record FaultBegin(
            @JsonProperty("t") long timeNs,
            @JsonProperty("fault") long fault,
            @JsonProperty("kind") String kind,
            @JsonProperty("targets") List<String> targets)
            implements Event {

        public FaultBegin {
            targets = List.copyOf(targets);
        }
    }

    /** The fault of this number is healed: the node is back, the link whole. */
    record FaultEnd(
            @JsonProperty("t") long timeNs,
            @JsonProperty("fault") long fault) implements Event {}
}
