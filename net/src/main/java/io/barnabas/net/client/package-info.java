/** The Kafka protocol from the other side: what nodes and commands ask of a node. */
package io.barnabas.net.client;
