package io.barnabas.metadata;

import com.google.protobuf.InvalidProtocolBufferException;
import io.barnabas.metadata.proto.GroupRecordsAppendedMessage;
import io.barnabas.metadata.proto.ProducerIdsMessage;
import io.barnabas.metadata.proto.RefusedMessage;
import io.barnabas.metadata.proto.ResultMessage;
import io.barnabas.metadata.rules.CommandReply;
import io.barnabas.metadata.rules.CommandResult;
import io.barnabas.metadata.rules.Outcome;
import io.barnabas.metadata.rules.Refusal;
import java.util.List;

/** What became of a command, as bytes of Raft's reply. */
final class ResultCodec {

    private ResultCodec() {}

    static ResultMessage encode(Outcome outcome, long index) {
        ResultMessage.Builder message = ResultMessage.newBuilder().setIndex(index);
        switch (outcome) {
            case Outcome.Refused refused ->
                message.setRefused(RefusedMessage.newBuilder()
                        .setReason(refused.reason().name())
                        .setMessage(refused.message()));
            case Outcome.Changed changed -> {
                switch (changed.reply()) {
                    case CommandReply.Done done -> message.setDone(true);
                    case CommandReply.NodeEpoch epoch -> message.setNodeEpoch(epoch.epoch());
                    case CommandReply.TopicCreated created ->
                        message.setTopicCreated(ImageCodec.topic(created.topic()));
                    case CommandReply.ProducerIds ids ->
                        message.setProducerIds(ProducerIdsMessage.newBuilder()
                                .setFirst(ids.first())
                                .setCount(ids.count()));
                    case CommandReply.GroupRecordsAppended appended ->
                        message.setGroupRecordsAppended(
                                GroupRecordsAppendedMessage.newBuilder().addAllRefusedShards(appended.refusedShards()));
                }
            }
        }
        return message.build();
    }

    static CommandResult decode(byte[] bytes) throws InvalidProtocolBufferException {
        ResultMessage message = ResultMessage.parseFrom(bytes);
        return switch (message.getResultCase()) {
            case DONE -> accepted(new CommandReply.Done(), message);
            case NODE_EPOCH -> accepted(new CommandReply.NodeEpoch(message.getNodeEpoch()), message);
            case TOPIC_CREATED ->
                accepted(new CommandReply.TopicCreated(ImageCodec.topic(message.getTopicCreated())), message);
            case PRODUCER_IDS ->
                accepted(
                        new CommandReply.ProducerIds(
                                message.getProducerIds().getFirst(),
                                message.getProducerIds().getCount()),
                        message);
            case GROUP_RECORDS_APPENDED ->
                accepted(
                        new CommandReply.GroupRecordsAppended(
                                List.copyOf(message.getGroupRecordsAppended().getRefusedShardsList())),
                        message);
            case REFUSED ->
                new CommandResult.Refused(
                        Refusal.valueOf(message.getRefused().getReason()),
                        message.getRefused().getMessage());
            case RESULT_NOT_SET -> throw new InvalidProtocolBufferException("the quorum's answer says nothing");
        };
    }

    private static CommandResult accepted(CommandReply reply, ResultMessage message) {
        return new CommandResult.Accepted(reply, message.getIndex());
    }
}
