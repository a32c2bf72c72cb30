package io.barnabas.net.kafka.handler;

import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.RequestContext;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;

/**
 * Calls a handler as a client of one version would: request and response go through bytes, so that a field that the
 * version lacks is lost on the way, and one that it must have and has not fails the test.
 */
final class Caller implements AutoCloseable {

    private final EventLoop loop = new DefaultEventLoop();
    private final String listener;
    private final Set<ApiKeys> asked = ConcurrentHashMap.newKeySet();

    /** A client that came in by that listener. */
    Caller(String listener) {
        this.listener = listener;
    }

    Caller() {
        this("INTERNAL");
    }

    /** The response, or a failure of the test when it does not come soon. */
    <Q extends ApiMessage, A extends ApiMessage> A call(ApiHandler<Q, A> handler, int version, Q request)
            throws Exception {
        return send(handler, version, request).get(10, TimeUnit.SECONDS);
    }

    /** The response, in time. */
    @SuppressWarnings("unchecked") // a message is read back as what it was written as
    <Q extends ApiMessage, A extends ApiMessage> CompletableFuture<A> send(
            ApiHandler<Q, A> handler, int version, Q request) {
        short wire = (short) version;
        ApiKeys key = ApiKeys.forId(request.apiKey());
        Q arrived = (Q) reread(request, key.messageType.newRequest(), wire);
        RequestContext context = new RequestContext(
                wire, 1, "test", asked.add(key), listener, new InetSocketAddress("127.0.0.1", 1), loop);
        return CompletableFuture.supplyAsync(() -> handler.handle(context, arrived), loop)
                .thenCompose(answer -> answer)
                .thenApply(answer -> (A) reread(answer, key.messageType.newResponse(), wire));
    }

    private static ApiMessage reread(ApiMessage from, ApiMessage to, short version) {
        ByteBuffer bytes = MessageUtil.toByteBufferAccessor(from, version).buffer();
        to.read(new ByteBufferAccessor(bytes), version);
        return to;
    }

    /** The versions of an API that the protocol library knows. */
    static IntStream versions(ApiKeys key) {
        return IntStream.rangeClosed(key.oldestVersion(), key.latestVersion());
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
