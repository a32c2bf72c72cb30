package io.barnabas.log;

import java.io.IOException;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.util.ProtoUtils;

/** Lets a member stand for election now, as a leader that hands over its lead would ask it to (Raft, section 3.10). */
final class RaisedElection {

    private RaisedElection() {}

    static void start(RaftServer.Division division) throws IOException {
        TermIndex last = division.getRaftLog().getLastEntryTermIndex();
        division.getRaftServer()
                .startLeaderElection(StartLeaderElectionRequestProto.newBuilder()
                        .setServerRequest(RaftRpcRequestProto.newBuilder()
                                .setRequestorId(division.getId().toByteString())
                                .setReplyId(division.getId().toByteString())
                                .setRaftGroupId(ProtoUtils.toRaftGroupIdProtoBuilder(
                                        division.getMemberId().getGroupId())))
                        .setLeaderLastEntry(
                                last == null
                                        ? TermIndexProto.getDefaultInstance()
                                        : TermIndexProto.newBuilder()
                                                .setTerm(last.getTerm())
                                                .setIndex(last.getIndex())
                                                .build())
                        .build());
    }
}
