package io.barnabas.net.raft;

import io.netty.channel.Channel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.apache.ratis.client.impl.ClientProtoUtils;
import org.apache.ratis.proto.RaftProtos.GroupInfoRequestProto;
import org.apache.ratis.proto.RaftProtos.GroupListRequestProto;
import org.apache.ratis.proto.RaftProtos.GroupManagementRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.LeaderElectionManagementRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftClientRequestProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.SetConfigurationRequestProto;
import org.apache.ratis.proto.RaftProtos.SnapshotManagementRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.proto.RaftProtos.TransferLeadershipRequestProto;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.RaftServerProtocol;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;
import org.apache.ratis.thirdparty.com.google.protobuf.Parser;
import org.apache.ratis.util.ProtoUtils;

/** Does calls: each on a thread of its own, because Ratis waits for disks and for groups that are being opened. */
final class CallReceiver {

    private final RaftServer server;
    private final Executor threads;
    private final EmptyVoters emptyVoters;
    private final Function<RaftGroupId, GroupInbox> inboxes;

    CallReceiver(
            RaftServer server, Executor threads, EmptyVoters emptyVoters, Function<RaftGroupId, GroupInbox> inboxes) {
        this.server = server;
        this.threads = threads;
        this.emptyVoters = emptyVoters;
        this.inboxes = inboxes;
    }

    /** What Ratis is asked. */
    @FunctionalInterface
    private interface Action {
        CompletableFuture<? extends MessageLite> run() throws IOException;
    }

    void call(Frame frame, Channel channel) throws GarbageException {
        long id = frame.number8();
        CallMethod method = CallMethod.of(frame.number1());
        ByteBuffer body = frame.rest();
        if (method == CallMethod.INSTALL_SNAPSHOT) {
            installSnapshot(id, Frame.parse(InstallSnapshotRequestProto.parser(), body, true), channel);
            return;
        }
        Action action = action(method, body);
        try {
            threads.execute(() -> {
                try {
                    action.run().whenComplete((reply, error) -> {
                        if (error == null) {
                            answer(channel, id, reply);
                        } else {
                            fail(channel, id, error);
                        }
                    });
                } catch (IOException | RuntimeException e) {
                    fail(channel, id, e);
                }
            });
        } catch (RejectedExecutionException e) {
            fail(channel, id, e);
        }
    }

    /** Chunks of a snapshot have an order, among themselves and with the entries after them. */
    private void installSnapshot(long id, InstallSnapshotRequestProto request, Channel channel) {
        RaftGroupId groupId =
                ProtoUtils.toRaftGroupId(request.getServerRequest().getRaftGroupId());
        inboxes.apply(groupId).add(new GroupInbox.Task() {
            @Override
            public boolean isQuick(GroupInbox inbox) {
                return false;
            }

            @Override
            public void run(RaftServer.Division division) {
                try {
                    answer(channel, id, ((RaftServerProtocol) division).installSnapshot(request));
                } catch (IOException e) {
                    failed(e);
                }
            }

            @Override
            public void failed(Throwable error) {
                fail(channel, id, error);
            }
        });
    }

    private Action action(CallMethod method, ByteBuffer body) throws GarbageException {
        return switch (method) {
            case REQUEST_VOTE -> {
                RequestVoteRequestProto request = parse(RequestVoteRequestProto.parser(), body);
                yield () -> CompletableFuture.completedFuture(vote(request));
            }
            case START_LEADER_ELECTION -> {
                StartLeaderElectionRequestProto request = parse(StartLeaderElectionRequestProto.parser(), body);
                yield () -> CompletableFuture.completedFuture(server.startLeaderElection(request));
            }
            case READ_INDEX -> {
                ReadIndexRequestProto request = parse(ReadIndexRequestProto.parser(), body);
                yield () -> server.readIndexAsync(request);
            }
            case CLIENT_REQUEST -> {
                RaftClientRequest request =
                        ClientProtoUtils.toRaftClientRequest(parse(RaftClientRequestProto.parser(), body));
                // The division itself, not the server: that would hop through an executor and wait there.
                yield () -> ((RaftClientAsynchronousProtocol) server.getDivision(request.getRaftGroupId()))
                        .submitClientRequestAsync(request)
                        .thenApply(ClientProtoUtils::toRaftClientReplyProto);
            }
            case SET_CONFIGURATION -> {
                var request =
                        ClientProtoUtils.toSetConfigurationRequest(parse(SetConfigurationRequestProto.parser(), body));
                yield () -> server.setConfigurationAsync(request).thenApply(ClientProtoUtils::toRaftClientReplyProto);
            }
            case TRANSFER_LEADERSHIP -> {
                var request = ClientProtoUtils.toTransferLeadershipRequest(
                        parse(TransferLeadershipRequestProto.parser(), body));
                yield () -> server.transferLeadershipAsync(request).thenApply(ClientProtoUtils::toRaftClientReplyProto);
            }
            case GROUP_MANAGEMENT -> {
                var request =
                        ClientProtoUtils.toGroupManagementRequest(parse(GroupManagementRequestProto.parser(), body));
                yield () -> server.groupManagementAsync(request).thenApply(ClientProtoUtils::toRaftClientReplyProto);
            }
            case GROUP_LIST -> {
                var request = ClientProtoUtils.toGroupListRequest(parse(GroupListRequestProto.parser(), body));
                yield () -> server.getGroupListAsync(request).thenApply(ClientProtoUtils::toGroupListReplyProto);
            }
            case GROUP_INFO -> {
                var request = ClientProtoUtils.toGroupInfoRequest(parse(GroupInfoRequestProto.parser(), body));
                yield () -> server.getGroupInfoAsync(request).thenApply(ClientProtoUtils::toGroupInfoReplyProto);
            }
            case SNAPSHOT_MANAGEMENT -> {
                var request = ClientProtoUtils.toSnapshotManagementRequest(
                        parse(SnapshotManagementRequestProto.parser(), body));
                yield () -> server.snapshotManagementAsync(request).thenApply(ClientProtoUtils::toRaftClientReplyProto);
            }
            case LEADER_ELECTION_MANAGEMENT -> {
                var request = ClientProtoUtils.toLeaderElectionManagementRequest(
                        parse(LeaderElectionManagementRequestProto.parser(), body));
                yield () -> server.leaderElectionManagementAsync(request)
                        .thenApply(ClientProtoUtils::toRaftClientReplyProto);
            }
            case INSTALL_SNAPSHOT -> throw new GarbageException("snapshots have an order");
        };
    }

    private RequestVoteReplyProto vote(RequestVoteRequestProto request) throws IOException {
        RequestVoteReplyProto reply = server.requestVote(request);
        boolean empty = reply.hasLastEntry() && reply.getLastEntry().getTerm() == 0;
        RaftGroupId groupId =
                ProtoUtils.toRaftGroupId(request.getServerRequest().getRaftGroupId());
        // Ratis counts the vote of a member that does not say where its log ends.
        return empty && emptyVoters.mayVote(groupId)
                ? reply.toBuilder().clearLastEntry().build()
                : reply;
    }

    private static <T> T parse(Parser<T> parser, ByteBuffer body) throws GarbageException {
        return Frame.parse(parser, body, true);
    }

    private static void answer(Channel channel, long id, MessageLite reply) {
        channel.writeAndFlush(Frames.answer(channel.alloc(), id, reply), channel.voidPromise());
    }

    private static void fail(Channel channel, long id, Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        channel.writeAndFlush(Frames.failure(channel.alloc(), id, cause), channel.voidPromise());
    }
}
