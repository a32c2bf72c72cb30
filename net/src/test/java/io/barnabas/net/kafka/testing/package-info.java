/** Hand-written fakes of what the Kafka handlers stand on, and a client that speaks the protocol byte by byte. */
package io.barnabas.net.kafka.testing;
