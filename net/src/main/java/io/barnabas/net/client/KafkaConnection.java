package io.barnabas.net.client;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;

/**
 * One connection to one node, one request at a time, on the calling thread. For what Java's {@code Admin} has no call
 * for; everything else is better asked through that.
 */
public final class KafkaConnection implements Closeable {

    private static final int MAX_RESPONSE_BYTES = 1 << 30;

    private final Socket socket = new Socket();
    private final DataInputStream in;
    private final String clientId;
    private int lastCorrelationId;

    /**
     * Connects.
     *
     * @param clientId what the node's log calls this client
     * @param timeout of the connect and of each answer
     */
    public KafkaConnection(String host, int port, String clientId, Duration timeout) throws IOException {
        this.clientId = clientId;
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(Math.toIntExact(timeout.toMillis()));
            socket.connect(new InetSocketAddress(host, port), Math.toIntExact(timeout.toMillis()));
            in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * Asks, and waits for the answer.
     *
     * @param version a version that the node serves
     * @throws IOException when the connection fails or no answer comes in time; it is of no more use then
     */
    public <A extends ApiMessage> A call(ApiKeys key, short version, ApiMessage request, Class<A> answer)
            throws IOException {
        RequestHeaderData header = new RequestHeaderData()
                .setRequestApiKey(key.id)
                .setRequestApiVersion(version)
                .setCorrelationId(++lastCorrelationId)
                .setClientId(clientId);
        ByteBuffer head = MessageUtil.toByteBufferAccessor(header, key.requestHeaderVersion(version))
                .buffer();
        ByteBuffer body = MessageUtil.toByteBufferAccessor(request, version).buffer();
        ByteBuffer frame = ByteBuffer.allocate(Integer.BYTES + head.remaining() + body.remaining());
        frame.putInt(head.remaining() + body.remaining()).put(head).put(body);
        socket.getOutputStream().write(frame.array());
        return receive(key, version, answer);
    }

    private <A extends ApiMessage> A receive(ApiKeys key, short version, Class<A> answer) throws IOException {
        int size = in.readInt();
        if (size < 0 || size > MAX_RESPONSE_BYTES) {
            throw new IOException("an answer of " + (size & 0xFFFF_FFFFL) + " bytes is not one");
        }
        byte[] frame = new byte[size];
        in.readFully(frame);
        try {
            ByteBufferAccessor readable = new ByteBufferAccessor(ByteBuffer.wrap(frame));
            ResponseHeaderData header = new ResponseHeaderData(readable, key.responseHeaderVersion(version));
            if (header.correlationId() != lastCorrelationId) {
                throw new IOException("answer " + header.correlationId() + " came, not " + lastCorrelationId);
            }
            A response = answer.cast(key.messageType.newResponse());
            response.read(readable, version);
            return response;
        } catch (RuntimeException e) {
            throw new IOException("the answer to " + key + " cannot be read", e);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
