package io.barnabas.net.kafka.handler;

import io.barnabas.log.AppendOutcome;
import io.barnabas.log.PartitionReplica.Acks;
import io.barnabas.log.PartitionReplica.Leadership;
import io.barnabas.metadata.rules.Endpoint;
import io.barnabas.metadata.rules.NodeInfo;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.DropConnectionException;
import io.barnabas.net.kafka.KafkaErrors;
import io.barnabas.net.kafka.RequestContext;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.BatchIndexAndErrorMessage;
import org.apache.kafka.common.message.ProduceResponseData.LeaderIdAndEpoch;
import org.apache.kafka.common.message.ProduceResponseData.NodeEndpoint;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;

/** Produce: appends one batch to each partition named, and answers when {@code acks} is met. */
public final class ProduceHandler implements ApiHandler<ProduceRequestData, ProduceResponseData> {

    private static final long NO_OFFSET = -1;
    /** The first version that tells a client the new leader (KIP-951). */
    private static final int FIRST_VERSION_WITH_LEADERS = 10;

    private final Broker broker;
    private final Partitions partitions;

    public ProduceHandler(Broker broker) {
        this.broker = broker;
        this.partitions = new Partitions(broker);
    }

    @Override
    public CompletionStage<ProduceResponseData> handle(RequestContext context, ProduceRequestData request) {
        ProduceResponseData response = new ProduceResponseData();
        List<CompletableFuture<?>> appends = new ArrayList<>();
        AppendDeadline deadline = new AppendDeadline(request.timeoutMs());
        for (TopicProduceData topic : request.topicData()) {
            TopicProduceResponse answers =
                    new TopicProduceResponse().setName(topic.name()).setTopicId(topic.topicId());
            response.responses().add(answers);
            for (PartitionProduceData data : topic.partitionData()) {
                PartitionProduceResponse answer = new PartitionProduceResponse()
                        .setIndex(data.index())
                        .setBaseOffset(NO_OFFSET)
                        .setLogStartOffset(NO_OFFSET);
                answers.partitionResponses().add(answer);
                appends.add(append(context, request, topic, data, answer, deadline));
            }
        }
        CompletableFuture<Void> appended = CompletableFuture.allOf(appends.toArray(CompletableFuture[]::new));
        deadline.start(context.eventLoop(), appended);
        // Without acks nothing is answered, but the request counts as under way until its batches are written, which
        // slows a producer down that sends faster than the disk takes.
        return request.acks() == 0
                ? appended.thenApply(done -> silence(response))
                : appended.thenApply(done -> withEndpoints(context, response));
    }

    /** With acks=0 the end of the connection is the only way to tell a client that its metadata may be old. */
    private static ProduceResponseData silence(ProduceResponseData response) {
        for (TopicProduceResponse topic : response.responses()) {
            for (PartitionProduceResponse partition : topic.partitionResponses()) {
                if (partition.errorCode() != Errors.NONE.code()) {
                    throw new DropConnectionException("a batch for " + topic.name() + "-" + partition.index()
                            + " sent with acks=0 failed with " + Errors.forCode(partition.errorCode()));
                }
            }
        }
        return null;
    }

    private CompletableFuture<?> append(
            RequestContext context,
            ProduceRequestData request,
            TopicProduceData topic,
            PartitionProduceData data,
            PartitionProduceResponse answer,
            AppendDeadline deadline) {
        if (request.acks() < -1 || request.acks() > 1) {
            return refuse(answer, Errors.INVALID_REQUIRED_ACKS, "acks must be 0, 1 or -1 (all)");
        }
        if (request.transactionalId() != null) {
            return refuse(answer, Errors.INVALID_TXN_STATE, "transactions are not served");
        }
        if (!(data.records() instanceof MemoryRecords records) || records.sizeInBytes() == 0) {
            return refuse(answer, Errors.INVALID_RECORD, "a partition without a batch");
        }
        return switch (partitions.leader(topic.topicId(), topic.name(), data.index(), -1)) {
            case Partitions.Lookup.Not not -> {
                hint(context, answer, not.leader());
                yield refuse(answer, not.error(), null);
            }
            case Partitions.Lookup.Led led -> {
                ByteBuffer batch = records.buffer();
                Acks acks = request.acks() == -1 ? Acks.MAJORITY : Acks.LEADER;
                yield deadline.limit(led.replica().append(batch, acks))
                        .thenAccept(outcome -> fill(context, led, answer, outcome));
            }
        };
    }

    private static CompletableFuture<?> refuse(PartitionProduceResponse answer, Errors error, String message) {
        answer.setErrorCode(error.code()).setErrorMessage(message);
        return CompletableFuture.completedFuture(null);
    }

    private void fill(
            RequestContext context, Partitions.Lookup.Led led, PartitionProduceResponse answer, AppendOutcome outcome) {
        switch (outcome) {
            case AppendOutcome.Appended appended ->
                answer.setBaseOffset(appended.baseOffset())
                        .setLogStartOffset(appended.logStartOffset())
                        .setLogAppendTimeMs(appended.logAppendTimeMs());
            case AppendOutcome.Duplicate twin ->
                answer.setBaseOffset(twin.baseOffset()).setLogStartOffset(twin.logStartOffset());
            case AppendOutcome.Refused refused -> {
                Errors error = KafkaErrors.of(refused.reason());
                answer.setErrorCode(error.code()).setErrorMessage(refused.message());
                refused.records()
                        .forEach(fault -> answer.recordErrors()
                                .add(new BatchIndexAndErrorMessage()
                                        .setBatchIndex(fault.index())
                                        .setBatchIndexErrorMessage(fault.message())));
                if (error == Errors.NOT_LEADER_OR_FOLLOWER) {
                    hint(
                            context,
                            answer,
                            broker.leaderOf(led.topic().id(), led.replica().partition()));
                }
            }
        }
    }

    private static void hint(RequestContext context, PartitionProduceResponse answer, Leadership leader) {
        if (context.apiVersion() >= FIRST_VERSION_WITH_LEADERS && leader.leader() >= 0) {
            answer.setCurrentLeader(
                    new LeaderIdAndEpoch().setLeaderId(leader.leader()).setLeaderEpoch(leader.epoch()));
        }
    }

    private ProduceResponseData withEndpoints(RequestContext context, ProduceResponseData response) {
        if (context.apiVersion() < FIRST_VERSION_WITH_LEADERS) {
            return response;
        }
        response.responses().stream()
                .flatMap(topic -> topic.partitionResponses().stream())
                .map(partition -> partition.currentLeader().leaderId())
                .filter(leader -> leader >= 0)
                .distinct()
                .forEach(leader -> broker.quorum().image().node(leader).ifPresent(node -> {
                    Endpoint endpoint = NodeEndpoints.of(node, context.listener());
                    response.nodeEndpoints().add(endpoint(node, endpoint));
                }));
        return response;
    }

    private static NodeEndpoint endpoint(NodeInfo node, Endpoint endpoint) {
        return new NodeEndpoint()
                .setNodeId(node.id())
                .setHost(endpoint.host())
                .setPort(endpoint.port())
                .setRack(node.rack().orElse(null));
    }
}
