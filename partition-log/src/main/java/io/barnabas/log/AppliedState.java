package io.barnabas.log;

import com.google.protobuf.InvalidProtocolBufferException;
import org.apache.ratis.server.protocol.TermIndex;

/**
 * What a replica has applied.
 *
 * @param at the last entry that is part of it
 * @param snapshot the log's bounds, epochs and producers at that entry
 */
record AppliedState(TermIndex at, ReplicaSnapshot snapshot) {

    byte[] encode() {
        return toProto().toByteArray();
    }

    io.barnabas.log.proto.AppliedState toProto() {
        return io.barnabas.log.proto.AppliedState.newBuilder()
                .setTerm(at.getTerm())
                .setIndex(at.getIndex())
                .setSnapshot(snapshot.toProto())
                .build();
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws IllegalArgumentException when the snapshot is of a version that is not known here
     */
    static AppliedState decode(byte[] bytes) throws InvalidProtocolBufferException {
        return of(io.barnabas.log.proto.AppliedState.parseFrom(bytes));
    }

    static AppliedState of(io.barnabas.log.proto.AppliedState state) {
        return new AppliedState(
                TermIndex.valueOf(state.getTerm(), state.getIndex()), ReplicaSnapshot.of(state.getSnapshot()));
    }
}
