/**
 * A node: reads its settings, opens its data directory, runs its Raft servers, makes its replicas match the metadata
 * and serves Kafka clients. {@link io.barnabas.net.node.Node} puts the parts together and is the only place that sees
 * all of them.
 */
package io.barnabas.net.node;
