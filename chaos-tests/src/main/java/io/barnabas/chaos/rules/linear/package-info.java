/**
 * Linearizability: every operation takes effect at one time between its invocation and its completion, so that all
 * together could have happened one after the other (Herlihy and Wing, 1990).
 *
 * <p>{@link io.barnabas.chaos.rules.linear.Linearizability} decides it for one object by a {@link
 * io.barnabas.chaos.rules.linear.Model}; the checkers split a history by object first, which is allowed since
 * linearizability is a local property.
 */
package io.barnabas.chaos.rules.linear;
