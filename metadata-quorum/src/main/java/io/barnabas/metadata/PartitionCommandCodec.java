package io.barnabas.metadata;

import io.barnabas.metadata.proto.CancelReassignmentCommand;
import io.barnabas.metadata.proto.FinishedReassignmentMessage;
import io.barnabas.metadata.proto.PartitionMessage;
import io.barnabas.metadata.proto.ReassignPartitionCommand;
import io.barnabas.metadata.proto.ReassignmentMessage;
import io.barnabas.metadata.proto.ReassignmentsFinishedCommand;
import io.barnabas.metadata.proto.RecoverPartitionCommand;
import io.barnabas.metadata.proto.RecoveryMessage;
import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.PartitionInfo;
import io.barnabas.metadata.rules.Reassignment;
import io.barnabas.metadata.rules.Recovery;
import java.util.List;
import java.util.Optional;

/** Partitions, and the commands that change their replicas, as bytes. */
final class PartitionCommandCodec {

    private PartitionCommandCodec() {}

    static ReassignPartitionCommand encode(MetadataCommand.ReassignPartition c) {
        return ReassignPartitionCommand.newBuilder()
                .setTopicId(CommandCodec.uuid(c.topicId()))
                .setPartition(c.partition())
                .addAllTarget(c.target())
                .setMayChangeReplicationFactor(c.mayChangeReplicationFactor())
                .build();
    }

    static MetadataCommand decode(ReassignPartitionCommand m) {
        return new MetadataCommand.ReassignPartition(
                CommandCodec.uuid(m.getTopicId()),
                m.getPartition(),
                List.copyOf(m.getTargetList()),
                m.getMayChangeReplicationFactor());
    }

    static CancelReassignmentCommand encode(MetadataCommand.CancelReassignment c) {
        return CancelReassignmentCommand.newBuilder()
                .setTopicId(CommandCodec.uuid(c.topicId()))
                .setPartition(c.partition())
                .build();
    }

    static MetadataCommand decode(CancelReassignmentCommand m) {
        return new MetadataCommand.CancelReassignment(CommandCodec.uuid(m.getTopicId()), m.getPartition());
    }

    static ReassignmentsFinishedCommand encode(MetadataCommand.ReassignmentsFinished c) {
        ReassignmentsFinishedCommand.Builder message = ReassignmentsFinishedCommand.newBuilder();
        c.finished()
                .forEach(report -> message.addFinished(FinishedReassignmentMessage.newBuilder()
                        .setTopicId(CommandCodec.uuid(report.topicId()))
                        .setPartition(report.partition())
                        .setSince(report.since())));
        return message.build();
    }

    static MetadataCommand decode(ReassignmentsFinishedCommand m) {
        return new MetadataCommand.ReassignmentsFinished(m.getFinishedList().stream()
                .map(report -> new MetadataCommand.FinishedReassignment(
                        CommandCodec.uuid(report.getTopicId()), report.getPartition(), report.getSince()))
                .toList());
    }

    static RecoverPartitionCommand encode(MetadataCommand.RecoverPartition c) {
        return RecoverPartitionCommand.newBuilder()
                .setTopicId(CommandCodec.uuid(c.topicId()))
                .setPartition(c.partition())
                .setNode(c.node())
                .build();
    }

    static MetadataCommand decode(RecoverPartitionCommand m) {
        return new MetadataCommand.RecoverPartition(CommandCodec.uuid(m.getTopicId()), m.getPartition(), m.getNode());
    }

    static PartitionMessage encode(PartitionInfo partition) {
        PartitionMessage.Builder message = PartitionMessage.newBuilder()
                .addAllReplicas(partition.replicas())
                .setLeader(partition.leader())
                .setLeaderEpoch(partition.leaderEpoch());
        partition
                .reassignment()
                .ifPresent(change -> message.setReassignment(ReassignmentMessage.newBuilder()
                        .addAllOriginal(change.original())
                        .addAllTarget(change.target())
                        .setSince(change.since())));
        partition
                .recovery()
                .ifPresent(recovery -> message.setRecovery(RecoveryMessage.newBuilder()
                        .setGeneration(recovery.generation())
                        .setNode(recovery.node())
                        .addAllGivenUp(recovery.givenUp())));
        return message.build();
    }

    static PartitionInfo decode(int number, PartitionMessage message) {
        ReassignmentMessage change = message.getReassignment();
        RecoveryMessage recovery = message.getRecovery();
        return new PartitionInfo(
                number,
                message.getReplicasList(),
                message.getLeader(),
                message.getLeaderEpoch(),
                message.hasReassignment()
                        ? Optional.of(
                                new Reassignment(change.getOriginalList(), change.getTargetList(), change.getSince()))
                        : Optional.empty(),
                message.hasRecovery()
                        ? Optional.of(
                                new Recovery(recovery.getGeneration(), recovery.getNode(), recovery.getGivenUpList()))
                        : Optional.empty());
    }
}
