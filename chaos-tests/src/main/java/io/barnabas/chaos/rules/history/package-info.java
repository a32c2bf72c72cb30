/**
 * What happened in a run: operations of clients from invocation to completion, and faults, with monotonic times.
 *
 * <p>A harness adds an invocation before the client begins and a completion after it has the answer, both under one
 * lock; the order of a {@link io.barnabas.chaos.rules.history.History} is therefore real time as far as checkers need
 * it: what was completed before another operation was invoked happened before it. An operation without completion may
 * have happened or not. {@link io.barnabas.chaos.rules.history.JournalWriter} keeps a history so that it can be checked
 * again later.
 */
package io.barnabas.chaos.rules.history;
