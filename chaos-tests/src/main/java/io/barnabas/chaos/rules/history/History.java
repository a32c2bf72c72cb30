package io.barnabas.chaos.rules.history;

/** The events of a run in their order. It can be gone through any number of times, from memory or from a journal. */
public interface History extends Iterable<Event> {}
