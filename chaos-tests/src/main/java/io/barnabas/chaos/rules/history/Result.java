package io.barnabas.chaos.rules.history;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** How an operation ended. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Result.Ok.class, name = "ok"),
    @JsonSubTypes.Type(value = Result.Failed.class, name = "failed"),
    @JsonSubTypes.Type(value = Result.Unknown.class, name = "unknown")
})
public sealed interface Result {

    /** It happened, between invocation and completion. */
    record Ok(@JsonProperty("answer") Answer answer) implements Result {}

    /**
     * It did not happen and never will: the cluster refused it and no earlier attempt of the same operation may have
     * been taken. When a client tried again on its own after a timeout, the result is {@link Unknown}.
     *
     * @param error the name of the Kafka error, for example {@code TOPIC_ALREADY_EXISTS}
     */
    record Failed(@JsonProperty("error") String error) implements Result {}

    /** It may have happened, may happen later, or not at all: a timeout or a broken connection. */
    record Unknown(@JsonProperty("error") String error) implements Result {}
}
