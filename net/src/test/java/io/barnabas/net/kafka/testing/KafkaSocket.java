package io.barnabas.net.kafka.testing;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.protocol.ObjectSerializationCache;

/** A blocking client that sends and reads single frames, so that a test decides every byte. */
public final class KafkaSocket implements AutoCloseable {

    private static final int TIMEOUT_MS = 10_000;

    private final Socket socket;
    private final DataInputStream in;
    private int lastCorrelationId;

    /** Connects to the port on the loopback address. */
    public KafkaSocket(int port) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(TIMEOUT_MS);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
    }

    /** A request as a frame, length included. */
    public static byte[] frame(ApiKeys key, int version, int correlationId, String clientId, ApiMessage request) {
        ByteBuffer header = MessageUtil.toByteBufferAccessor(
                        new RequestHeaderData()
                                .setRequestApiKey(key.id)
                                .setRequestApiVersion((short) version)
                                .setCorrelationId(correlationId)
                                .setClientId(clientId),
                        key.requestHeaderVersion((short) version))
                .buffer();
        ByteBuffer body = body(request, (short) version);
        ByteBuffer frame = ByteBuffer.allocate(Integer.BYTES + header.remaining() + body.remaining());
        frame.putInt(header.remaining() + body.remaining()).put(header).put(body);
        return frame.array();
    }

    private static ByteBuffer body(ApiMessage request, short version) {
        ObjectSerializationCache cache = new ObjectSerializationCache();
        ByteBuffer buffer = ByteBuffer.allocate(request.size(cache, version));
        request.write(new ByteBufferAccessor(buffer), cache, version);
        return buffer.flip();
    }

    /** Sends a request and returns its correlation id. */
    public int send(ApiKeys key, int version, ApiMessage request) throws IOException {
        int correlationId = ++lastCorrelationId;
        sendRaw(frame(key, version, correlationId, "test", request));
        return correlationId;
    }

    /** Sends bytes as they are. */
    public void sendRaw(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** Reads the next response, which must be the one to that request, to its last byte. */
    public <A extends ApiMessage> A receive(ApiKeys key, int version, int correlationId, Class<A> type)
            throws IOException {
        ByteBufferAccessor readable = new ByteBufferAccessor(receiveFrame());
        ResponseHeaderData header = new ResponseHeaderData(readable, key.responseHeaderVersion((short) version));
        if (header.correlationId() != correlationId) {
            throw new AssertionError(
                    "expected the answer to request " + correlationId + ", not to " + header.correlationId());
        }
        A response = type.cast(key.messageType.newResponse());
        response.read(readable, (short) version);
        if (readable.remaining() != 0) {
            throw new AssertionError(readable.remaining() + " bytes follow the response");
        }
        return response;
    }

    /** Reads one frame without its length. */
    public ByteBuffer receiveFrame() throws IOException {
        byte[] frame = new byte[in.readInt()];
        in.readFully(frame);
        return ByteBuffer.wrap(frame);
    }

    /** Sends a request and reads its response. */
    public <A extends ApiMessage> A call(ApiKeys key, int version, ApiMessage request, Class<A> type)
            throws IOException {
        return receive(key, version, send(key, version, request), type);
    }

    /** Whether the other side closes the connection, having sent nothing more; fails when it stays open. */
    public boolean isClosedByPeer() throws IOException {
        try {
            return in.read() < 0;
        } catch (EOFException | SocketException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
