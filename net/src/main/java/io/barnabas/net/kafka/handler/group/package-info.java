/** The APIs of consumer groups: Kafka's messages on one side, the node's group coordinator on the other. */
package io.barnabas.net.kafka.handler.group;
