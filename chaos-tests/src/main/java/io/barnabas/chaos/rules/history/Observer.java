package io.barnabas.chaos.rules.history;

/** Sees a run once, in its order. */
public interface Observer {

    /** Which records of a topic may go. */
    default void declared(Event.TopicDeclared topic) {}

    /** A client is about to do something. */
    default void invoked(Event.Invocation invocation) {}

    /** An operation ended. Those that never did come after all other events. */
    default void completed(Operation operation) {}

    /** The turn of another scenario begins. */
    default void turnBegan(Event.TurnBegin turn) {}

    /** A fault begins. */
    default void faultBegan(Event.FaultBegin fault) {}

    /** A fault is healed. */
    default void faultEnded(Event.FaultEnd fault) {}

    /** All events were seen; the last one at this time. Operations without completion follow. */
    default void ended(long timeNs) {}
}
