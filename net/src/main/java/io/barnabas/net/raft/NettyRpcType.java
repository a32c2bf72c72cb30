package io.barnabas.net.raft;

import org.apache.ratis.conf.Parameters;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;

/** How Ratis finds this transport: by this class's name in {@code raft.rpc.type}. */
public final class NettyRpcType implements RpcType {

    /** Ratis makes one by itself. */
    public NettyRpcType() {}

    @Override
    public String name() {
        return NettyRpcType.class.getName();
    }

    /** @param parameters those of a {@link RaftTransport} */
    @Override
    public RpcFactory newFactory(Parameters parameters) {
        return new NettyRpcFactory(this, RaftTransport.of(parameters));
    }
}
