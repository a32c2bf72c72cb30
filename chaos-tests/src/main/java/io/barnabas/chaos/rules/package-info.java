/**
 * The pure half of the chaos tests: {@link io.barnabas.chaos.rules.history} keeps what happened, {@link
 * io.barnabas.chaos.rules.check} and {@link io.barnabas.chaos.rules.linear} judge it, {@link
 * io.barnabas.chaos.rules.Promises} lists what is judged.
 */
package io.barnabas.chaos.rules;
