package io.barnabas.net.kafka;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;

/** Reads one request from one frame. */
final class RequestDecoder {

    private static final int KEY_AND_VERSION_BYTES = 4;

    private final ApiTable apis;

    RequestDecoder(ApiTable apis) {
        this.apis = apis;
    }

    /** The frame is not a request that this node serves; the connection ends. */
    static final class BadRequestException extends Exception {
        private static final long serialVersionUID = 1L;

        BadRequestException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * Reads a request. The bytes are copied to the heap once: record batches stay slices of that copy until they are
     * stored, long after the frame is released.
     */
    Request decode(ByteBuf frame) throws BadRequestException {
        byte[] bytes = new byte[frame.readableBytes()];
        frame.readBytes(bytes);
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        if (bytes.length < KEY_AND_VERSION_BYTES) {
            throw new BadRequestException("a frame of " + bytes.length + " bytes has no header", null);
        }
        short key = buffer.getShort(0);
        short version = buffer.getShort(2);
        Optional<Api<?, ?>> api = apis.find(key);
        if (api.isEmpty()) {
            throw new BadRequestException("API key " + key + " (version " + version + ") is not served", null);
        }
        try {
            return decode(api.get(), version, buffer);
        } catch (RuntimeException e) {
            // The generated readers throw whatever they meet first: short buffers, bad lengths, unknown tags.
            throw new BadRequestException(
                    "not a readable " + api.get().key() + " request of version " + version + ": " + e, e);
        }
    }

    private static Request decode(Api<?, ?> api, short version, ByteBuffer buffer) throws BadRequestException {
        int size = buffer.remaining();
        boolean unknownApiVersions = api.key() == ApiKeys.API_VERSIONS && !api.serves(version);
        if (!api.serves(version) && !unknownApiVersions) {
            throw new BadRequestException(
                    api.key() + " version " + version + " is not served, only " + api.minVersion() + " to "
                            + api.maxVersion(),
                    null);
        }
        // The client id stands at the same place in header versions 1 and 2, which suffices to answer an ApiVersions
        // request of the future (KIP-511).
        short headerVersion = unknownApiVersions ? 1 : api.key().requestHeaderVersion(version);
        ByteBufferAccessor readable = new ByteBufferAccessor(buffer);
        RequestHeaderData header = new RequestHeaderData(readable, headerVersion);
        ApiMessage message;
        if (unknownApiVersions) {
            message = new ApiVersionsRequestData();
        } else {
            message = api.key().messageType.newRequest();
            // Bytes after the body are ignored, as Kafka does; some clients leave padding there.
            message.read(readable, version);
        }
        return new Request(api, version, header.correlationId(), header.clientId(), message, size);
    }
}
