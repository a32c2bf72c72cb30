/**
 * What clients do while faults befall a cluster. Each {@link io.barnabas.chaos.run.load.Workload} uses real Kafka
 * clients and writes every call and answer into the run's recorder; {@link io.barnabas.chaos.run.load.Workloads} lists
 * them.
 */
@NullMarked
package io.barnabas.chaos.run.load;

import org.jspecify.annotations.NullMarked;
