/** One class per Kafka API. Only a handler knows both Kafka's messages and a domain door. */
package io.barnabas.net.kafka.handler;
