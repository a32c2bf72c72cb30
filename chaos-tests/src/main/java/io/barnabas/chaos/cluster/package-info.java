/**
 * A cluster of real node processes that faults can befall. {@link io.barnabas.chaos.cluster.ChaosCluster} is the door:
 * it makes the nodes from the distribution's own commands, puts each into a network namespace of its own where that is
 * possible ({@link io.barnabas.chaos.cluster.Namespaces}), and takes everything away at the end.
 */
@NullMarked
package io.barnabas.chaos.cluster;

import org.jspecify.annotations.NullMarked;
