/**
 * The Kafka protocol on Netty. A request's way: {@code FrameDecoder -> RequestDecoder -> ApiTable -> ApiHandler ->
 * ResponseOrderer -> ResponseEncoder}.
 */
package io.barnabas.net.kafka;
