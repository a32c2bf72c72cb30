/** When a run's faults were, and how its clients fared meanwhile: what a report draws over time. */
@NullMarked
package io.barnabas.chaos.rules.timeline;

import org.jspecify.annotations.NullMarked;
