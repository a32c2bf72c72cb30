/**
 * The one truth about the cluster: nodes, topics, partitions, configs and producer id blocks, kept by a Raft group.
 *
 * <p>{@link io.barnabas.metadata.MetadataQuorum} is the door. Decisions live in {@link io.barnabas.metadata.rules};
 * this package carries them through Apache Ratis and publishes each new {@code MetadataImage}.
 */
package io.barnabas.metadata;
