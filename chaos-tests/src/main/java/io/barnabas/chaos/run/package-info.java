/**
 * A chaos run. {@link io.barnabas.chaos.run.ChaosRun} is the door: a plan befalls a cluster
 * ({@link io.barnabas.chaos.run.Nemesis}) while clients put it under load, and everything that happens is written down
 * ({@link io.barnabas.chaos.run.Recorder}).
 */
@NullMarked
package io.barnabas.chaos.run;

import org.jspecify.annotations.NullMarked;
