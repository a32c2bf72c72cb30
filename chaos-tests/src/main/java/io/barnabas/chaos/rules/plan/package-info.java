/**
 * What befalls a cluster and when: faults, scenarios and the schedule that a seed makes of them. Plain objects; the
 * schedule is the same wherever and whenever it is made.
 */
@NullMarked
package io.barnabas.chaos.rules.plan;

import org.jspecify.annotations.NullMarked;
