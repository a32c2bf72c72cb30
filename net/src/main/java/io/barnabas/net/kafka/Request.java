package io.barnabas.net.kafka;

import org.apache.kafka.common.protocol.ApiMessage;

/**
 * A request as read from a frame.
 *
 * @param api the API that answers it
 * @param version the version it was written in
 * @param correlationId the client's number for it
 * @param clientId the client's name for itself, or null
 * @param message its body
 * @param sizeInBytes of the frame, for limits
 */
record Request(Api<?, ?> api, short version, int correlationId, String clientId, ApiMessage message, int sizeInBytes) {}
