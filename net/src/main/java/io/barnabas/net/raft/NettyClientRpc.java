package io.barnabas.net.raft;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.ratis.client.RaftClientConfigKeys;
import org.apache.ratis.client.RaftClientRpc;
import org.apache.ratis.client.impl.ClientProtoUtils;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.proto.RaftProtos.GroupInfoReplyProto;
import org.apache.ratis.proto.RaftProtos.GroupListReplyProto;
import org.apache.ratis.proto.RaftProtos.RaftClientReplyProto;
import org.apache.ratis.proto.RaftProtos.RaftClientRequestProto;
import org.apache.ratis.protocol.GroupInfoRequest;
import org.apache.ratis.protocol.GroupListRequest;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.LeaderElectionManagementRequest;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;
import org.apache.ratis.thirdparty.com.google.protobuf.Parser;

/** A node as a client of Raft groups that others lead: one connection to each of their servers. */
final class NettyClientRpc implements RaftClientRpc {

    private final RaftTransport transport;
    private final EventLoops loops;
    private final Duration timeout;
    private final Duration watchTimeout;
    private final Map<RaftPeerId, PeerLink> links = new ConcurrentHashMap<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    NettyClientRpc(RaftProperties properties, RaftTransport transport) {
        this.transport = transport;
        this.loops = transport.acquire();
        this.timeout = Duration.ofMillis(
                RaftClientConfigKeys.Rpc.requestTimeout(properties).toLong(TimeUnit.MILLISECONDS));
        this.watchTimeout = Duration.ofMillis(
                RaftClientConfigKeys.Rpc.watchRequestTimeout(properties).toLong(TimeUnit.MILLISECONDS));
    }

    /** A request on the wire, and how its reply is read. */
    private record Call(CallMethod method, MessageLite request, Reader reader) {}

    @FunctionalInterface
    private interface Reader {
        RaftClientReply read(Frame frame) throws GarbageException;
    }

    @Override
    public void addRaftPeers(Collection<RaftPeer> servers) {
        for (RaftPeer peer : servers) {
            String address = peer.getAddress();
            if (address == null || address.isEmpty()) {
                continue;
            }
            PeerLink known = links.get(peer.getId());
            if (known != null) {
                known.readdress(address);
            } else if (!closed.get()) {
                links.computeIfAbsent(peer.getId(), id -> link(id, address));
            }
        }
    }

    private PeerLink link(RaftPeerId id, String address) {
        return new PeerLink(
                transport, loops, loops.nextData(), id.toString(), address, ChannelKind.CLIENT, new NoEvents());
    }

    @Override
    public boolean handleException(RaftPeerId serverId, Throwable t, boolean reconnect) {
        return false;
    }

    @Override
    public RaftClientReply sendRequest(RaftClientRequest request) throws IOException {
        try {
            return sendRequestAsyncUnordered(request).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("nobody waits for the answer any more");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        }
    }

    @Override
    public CompletableFuture<RaftClientReply> sendRequestAsyncUnordered(RaftClientRequest request) {
        PeerLink link = links.get(request.getServerId());
        if (link == null) {
            return CompletableFuture.failedFuture(
                    new IOException("the address of node " + request.getServerId() + " is not known"));
        }
        Call call = call(request);
        if (call.request().getSerializedSize() + Hello.MAX_BYTES
                > transport.config().maxFrameBytes()) {
            return CompletableFuture.failedFuture(
                    new IOException("a request of " + call.request().getSerializedSize() + " bytes is too large"));
        }
        return link.call(call.method(), call.request(), timeout(request)).thenApply(frame -> {
            try {
                return call.reader().read(frame);
            } catch (GarbageException e) {
                throw new CompletionException(e);
            }
        });
    }

    private Duration timeout(RaftClientRequest request) {
        if (request.getTimeoutMs() > 0) {
            return Duration.ofMillis(request.getTimeoutMs());
        }
        return request.is(RaftClientRequestProto.TypeCase.WATCH) ? watchTimeout : timeout;
    }

    private static Call call(RaftClientRequest request) {
        Reader reply = frame -> ClientProtoUtils.toRaftClientReply(parse(RaftClientReplyProto.parser(), frame));
        return switch (request) {
            case SetConfigurationRequest change ->
                new Call(CallMethod.SET_CONFIGURATION, ClientProtoUtils.toSetConfigurationRequestProto(change), reply);
            case TransferLeadershipRequest transfer ->
                new Call(
                        CallMethod.TRANSFER_LEADERSHIP,
                        ClientProtoUtils.toTransferLeadershipRequestProto(transfer),
                        reply);
            case GroupManagementRequest management ->
                new Call(
                        CallMethod.GROUP_MANAGEMENT, ClientProtoUtils.toGroupManagementRequestProto(management), reply);
            case SnapshotManagementRequest snapshot ->
                new Call(
                        CallMethod.SNAPSHOT_MANAGEMENT,
                        ClientProtoUtils.toSnapshotManagementRequestProto(snapshot),
                        reply);
            case LeaderElectionManagementRequest election ->
                new Call(
                        CallMethod.LEADER_ELECTION_MANAGEMENT,
                        ClientProtoUtils.toLeaderElectionManagementRequestProto(election),
                        reply);
            case GroupListRequest list ->
                new Call(
                        CallMethod.GROUP_LIST,
                        ClientProtoUtils.toGroupListRequestProto(list),
                        frame -> ClientProtoUtils.toGroupListReply(parse(GroupListReplyProto.parser(), frame)));
            case GroupInfoRequest info ->
                new Call(
                        CallMethod.GROUP_INFO,
                        ClientProtoUtils.toGroupInfoRequestProto(info),
                        frame -> ClientProtoUtils.toGroupInfoReply(parse(GroupInfoReplyProto.parser(), frame)));
            default -> new Call(CallMethod.CLIENT_REQUEST, ClientProtoUtils.toRaftClientRequestProto(request), reply);
        };
    }

    private static <T> T parse(Parser<T> parser, Frame frame) throws GarbageException {
        return Frame.parse(parser, frame.rest(), true);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            links.values().forEach(PeerLink::close);
            transport.release();
        }
    }

    /** Only calls are made here. */
    private static final class NoEvents implements PeerLink.Events {

        @Override
        public void opened() {
            // Calls that waited are sent by the link.
        }

        @Override
        public void lost() {
            // Calls under way have failed.
        }

        @Override
        public void died() {
            // The servers' own connections tell.
        }

        @Override
        public void unreachable() {
            // Whoever still asks has it tried again.
        }

        @Override
        public void received(Frame frame) throws GarbageException {
            throw new GarbageException(frame.type() + " is no answer");
        }

        @Override
        public void writable() {
            // Calls are not held back.
        }
    }
}
