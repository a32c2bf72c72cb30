/**
 * The {@code barnabas} command. One class per command; all talk to a cluster by the Kafka protocol, except those that
 * start and stop local nodes.
 */
package io.barnabas.cli;
