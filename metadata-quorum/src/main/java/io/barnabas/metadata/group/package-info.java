/** Runs the group shards that this node coordinates: threads, timers and proposals around the pure rules. */
package io.barnabas.metadata.group;
