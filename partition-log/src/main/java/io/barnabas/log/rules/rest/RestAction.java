package io.barnabas.log.rules.rest;

/** What {@link RestMachine} wants done. */
public sealed interface RestAction {

    /**
     * Put the request to another member and report its answer with the same attempt.
     *
     * @param point empty is not known to the receiver of a {@link RestRequest.Kind#WAKE}; it ignores it
     */
    record Send(int to, RestRequest.Kind kind, RestPoint point, long attempt) implements RestAction {}

    /** Answer a request that came with that call. */
    record Answer(long call, boolean yes) implements RestAction {}

    /**
     * Close the division, keep the log readable, see that the replica stands at the point, and write it down. Report by
     * {@link RestMachine#sealed} and {@link RestMachine#closed}.
     */
    record Close(RestPoint point) implements RestAction {}

    /** Forget what was written down and open the division. Report by {@link RestMachine#opened}. */
    record Open() implements RestAction {}

    /** Stand for election at once: a majority is awake. */
    record Stand() implements RestAction {}

    /** Someone could not rest; it is of no use to ask again soon. */
    record Postpone() implements RestAction {}
}
