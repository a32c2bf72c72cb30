/**
 * One partition: a Ratis state machine over segment files that hold Kafka record batches as clients sent them.
 *
 * <p>{@link io.barnabas.log.PartitionHost} is a node's door to its replicas, {@link io.barnabas.log.PartitionReplica}
 * the door to one of them.
 */
package io.barnabas.log;
