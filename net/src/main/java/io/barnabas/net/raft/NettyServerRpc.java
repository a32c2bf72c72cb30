package io.barnabas.net.raft;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexReplyProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionReplyProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.RaftServerRpc;
import org.apache.ratis.server.protocol.RaftServerAsynchronousProtocol;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;
import org.apache.ratis.thirdparty.com.google.protobuf.Parser;

/** The transport of one Raft server: its port, and its connections to the same server of other nodes. */
final class NettyServerRpc implements RaftServerRpc {

    private final RpcType type;
    private final RaftServer server;
    private final RaftTransport transport;
    private final EventLoops loops;
    private final Acceptor acceptor;
    private final LeadershipWatch leaderships;
    private final long electionTimeoutMs;
    private final FastElection elections;
    private final Map<RaftPeerId, Peer> peers = new ConcurrentHashMap<>();
    private final AtomicBoolean started = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();

    NettyServerRpc(RpcType type, RaftServer server, RaftTransport transport) {
        this.type = type;
        this.server = server;
        this.transport = transport;
        this.loops = transport.acquire();
        this.acceptor = new Acceptor(transport, loops, new RequestReceiver(server, transport.config(), loops));
        this.leaderships = new LeadershipWatch(server, loops.blocking());
        // Divisions may be told longer ones later on.
        this.electionTimeoutMs =
                RaftServerConfigKeys.Rpc.timeoutMin(server.getProperties()).toLong(TimeUnit.MILLISECONDS);
        this.elections = new FastElection(server, loops.blocking(), this::requestVoteAsync);
    }

    @Override
    public RpcType getRpcType() {
        return type;
    }

    @Override
    public void start() throws IOException {
        acceptor.bind();
        started.set(true);
        peers.values().forEach(peer -> peer.control().connect());
    }

    @Override
    public InetSocketAddress getInetSocketAddress() {
        return InetSocketAddress.createUnresolved(
                transport.config().host(), transport.config().port());
    }

    /** Peers may come again with other addresses. */
    @Override
    public void addRaftPeers(Collection<RaftPeer> added) {
        for (RaftPeer peer : added) {
            if (!peer.getId().toString().equals(transport.config().nodeId())) {
                peer(peer);
            }
        }
    }

    Peer peer(RaftPeer peer) {
        String address = peer.getAddress();
        Peer known = peers.get(peer.getId());
        if (known == null) {
            known = peers.computeIfAbsent(
                    peer.getId(),
                    id -> new Peer(
                            id, String.valueOf(address), electionTimeoutMs, transport, loops, leaderships, fate(id)));
            if (started.get() && !closed.get()) {
                known.control().connect();
            }
        } else if (address != null && !address.isEmpty()) {
            known.readdress(address);
        }
        return known;
    }

    private Peer.Fate fate(RaftPeerId id) {
        return new Peer.Fate() {
            @Override
            public void died() {
                elections.died(id);
            }

            @Override
            public void away() {
                loops.blocking().execute(() -> forgetUnlessMember(id));
            }
        };
    }

    /** A node that is in no group any more is not called for ever. Ratis names its peers again when it is in one. */
    private void forgetUnlessMember(RaftPeerId id) {
        try {
            for (RaftGroup group : server.getGroups()) {
                if (group.getPeer(id) != null) {
                    return;
                }
            }
        } catch (IOException e) {
            return;
        }
        Peer gone = peers.remove(id);
        if (gone != null) {
            gone.close();
        }
    }

    @Override
    public void handleException(RaftPeerId id, Exception e, boolean reconnect) {
        // Links mend themselves.
    }

    private CompletableFuture<Frame> call(CallMethod method, RaftRpcRequestProto header, MessageLite request) {
        RaftPeerId target = RaftPeerId.valueOf(header.getReplyId());
        Peer peer = peers.get(target);
        return peer == null
                ? CompletableFuture.failedFuture(new IOException("the address of node " + target + " is not known"))
                : peer.control().call(method, request, transport.config().requestTimeout());
    }

    private static <T> T await(CompletableFuture<Frame> answer, Parser<T> parser) throws IOException {
        try {
            return Frame.parse(parser, answer.get().rest(), true);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("nobody waits for the answer any more");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        }
    }

    @Override
    public RequestVoteReplyProto requestVote(RequestVoteRequestProto request) throws IOException {
        return await(
                call(CallMethod.REQUEST_VOTE, request.getServerRequest(), request), RequestVoteReplyProto.parser());
    }

    private CompletableFuture<RequestVoteReplyProto> requestVoteAsync(RequestVoteRequestProto request) {
        return call(CallMethod.REQUEST_VOTE, request.getServerRequest(), request)
                .thenApply(frame -> parsed(RequestVoteReplyProto.parser(), frame));
    }

    private static <T> T parsed(Parser<T> parser, Frame frame) {
        try {
            return Frame.parse(parser, frame.rest(), true);
        } catch (GarbageException e) {
            throw new CompletionException(e);
        }
    }

    @Override
    public StartLeaderElectionReplyProto startLeaderElection(StartLeaderElectionRequestProto request)
            throws IOException {
        return await(
                call(CallMethod.START_LEADER_ELECTION, request.getServerRequest(), request),
                StartLeaderElectionReplyProto.parser());
    }

    /** Entries leave by appenders only. */
    @Override
    public AppendEntriesReplyProto appendEntries(AppendEntriesRequestProto request) {
        throw new UnsupportedOperationException("appendEntries");
    }

    /** Snapshots leave by appenders only. */
    @Override
    public InstallSnapshotReplyProto installSnapshot(InstallSnapshotRequestProto request) {
        throw new UnsupportedOperationException("installSnapshot");
    }

    @Override
    public RaftServerAsynchronousProtocol async() {
        return new RaftServerAsynchronousProtocol() {
            @Override
            public CompletableFuture<AppendEntriesReplyProto> appendEntriesAsync(AppendEntriesRequestProto request) {
                throw new UnsupportedOperationException("appendEntries");
            }

            @Override
            public CompletableFuture<ReadIndexReplyProto> readIndexAsync(ReadIndexRequestProto request) {
                return call(CallMethod.READ_INDEX, request.getServerRequest(), request)
                        .thenApply(frame -> parsed(ReadIndexReplyProto.parser(), frame));
            }
        };
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            elections.close();
            acceptor.close();
            peers.values().forEach(Peer::close);
            transport.release();
        }
    }
}
