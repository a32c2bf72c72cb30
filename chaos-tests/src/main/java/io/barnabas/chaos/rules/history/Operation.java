package io.barnabas.chaos.rules.history;

import java.util.List;

/**
 * An invocation with its completion.
 *
 * @param completion of an operation that never completed: {@link Result.Unknown} at {@link Long#MAX_VALUE}
 */
public record Operation(Event.Invocation invocation, Event.Completion completion) {

    public Operation {
        if (invocation.operation() != completion.operation()) {
            throw new IllegalArgumentException(
                    "completion " + completion.operation() + " is not of operation " + invocation.operation());
        }
        if (completion.result() instanceof Result.Ok ok
                && !invocation.call().answer().isInstance(ok.answer())) {
            throw new IllegalArgumentException("operation " + invocation.operation() + " is " + invocation.call()
                    + " and cannot be answered by " + ok.answer());
        }
    }

    /** An operation that has no completion when the history ends. */
    static Operation neverCompleted(Event.Invocation invocation) {
        return new Operation(
                invocation,
                new Event.Completion(
                        Long.MAX_VALUE, invocation.operation(), new Result.Unknown("no completion in the history")));
    }

    public Call call() {
        return invocation.call();
    }

    public Result result() {
        return completion.result();
    }

    public int client() {
        return invocation.client();
    }

    public boolean isOk() {
        return result() instanceof Result.Ok;
    }

    public boolean isFailed() {
        return result() instanceof Result.Failed;
    }

    public boolean isCompleted() {
        return completion.timeNs() != Long.MAX_VALUE;
    }

    /** Both events, without a completion that never came. */
    public List<Event> events() {
        return isCompleted() ? List.of(invocation, completion) : List.of(invocation);
    }
}
