/**
 * What a log promises, one {@link io.barnabas.chaos.rules.check.Checker} per promise, judged from a history alone.
 *
 * <p>{@link io.barnabas.chaos.rules.check.Examination} shows the history once to all checkers and to
 * {@link io.barnabas.chaos.rules.check.LogRecords}, their common memory of what was sent and read, about 64 bytes per
 * record; when something is broken it goes through the history once more to gather the events that prove it.
 */
package io.barnabas.chaos.rules.check;
