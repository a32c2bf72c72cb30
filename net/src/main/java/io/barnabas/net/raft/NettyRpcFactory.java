package io.barnabas.net.raft;

import org.apache.ratis.client.ClientFactory;
import org.apache.ratis.client.RaftClientRpc;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerRpc;
import org.apache.ratis.server.ServerFactory;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;

/** Makes the parts of one Raft server, or of one client. */
final class NettyRpcFactory implements ServerFactory, ClientFactory {

    private final RpcType type;
    private final RaftTransport transport;

    NettyRpcFactory(RpcType type, RaftTransport transport) {
        this.type = type;
        this.transport = transport;
    }

    @Override
    public RpcType getRpcType() {
        return type;
    }

    @Override
    public RaftServerRpc newRaftServerRpc(RaftServer server) {
        return new NettyServerRpc(type, server, transport);
    }

    @Override
    public LogAppender newLogAppender(RaftServer.Division division, LeaderState state, FollowerInfo follower) {
        NettyServerRpc rpc = (NettyServerRpc) division.getRaftServer().getServerRpc();
        return new EventLogAppender(division, state, follower, rpc.peer(follower.getPeer()));
    }

    @Override
    public RaftClientRpc newRaftClientRpc(ClientId clientId, RaftProperties properties) {
        return new NettyClientRpc(properties, transport);
    }
}
