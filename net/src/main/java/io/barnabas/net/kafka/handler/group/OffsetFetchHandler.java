package io.barnabas.net.kafka.handler.group;

import io.barnabas.metadata.rules.group.GroupRequest;
import io.barnabas.metadata.rules.group.GroupResponse;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.RequestContext;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData;

/**
 * OffsetFetch: what groups have committed, one group up to version 7, many from then on (KIP-709). {@code requireStable}
 * asks to wait for offsets of open transactions; every committed offset here is stable.
 */
public final class OffsetFetchHandler implements ApiHandler<OffsetFetchRequestData, OffsetFetchResponseData> {

    private static final int FIRST_BATCHED_VERSION = 8;
    private static final int FIRST_VERSION_BY_ID = 10;

    private final Broker broker;
    private final Coordination coordination;

    public OffsetFetchHandler(Broker broker) {
        this.broker = broker;
        this.coordination = new Coordination(broker);
    }

    @Override
    public CompletionStage<OffsetFetchResponseData> handle(RequestContext context, OffsetFetchRequestData request) {
        if (context.apiVersion() < FIRST_BATCHED_VERSION) {
            OffsetFetchRequestGroup only = new OffsetFetchRequestGroup()
                    .setGroupId(request.groupId())
                    .setTopics(request.topics() == null ? null : renamed(request.topics()));
            return fetch(only, false).thenApply(answer -> answer.ofOneGroup(context.apiVersion()));
        }
        boolean byId = context.apiVersion() >= FIRST_VERSION_BY_ID;
        List<CompletableFuture<FetchedOffsets>> groups =
                request.groups().stream().map(group -> fetch(group, byId)).toList();
        return Coordination.all(groups)
                .thenApply(answers -> new OffsetFetchResponseData()
                        .setGroups(answers.stream().map(FetchedOffsets::ofGroup).toList()));
    }

    private static List<OffsetFetchRequestTopics> renamed(List<OffsetFetchRequestTopic> topics) {
        return topics.stream()
                .map(topic -> new OffsetFetchRequestTopics()
                        .setName(topic.name())
                        .setPartitionIndexes(topic.partitionIndexes()))
                .toList();
    }

    private CompletableFuture<FetchedOffsets> fetch(OffsetFetchRequestGroup asked, boolean byId) {
        FetchedOffsets fetched = new FetchedOffsets(broker.quorum().image(), asked, byId);
        GroupRequest.ReadOffsets read = new GroupRequest.ReadOffsets(
                asked.groupId(), Optional.ofNullable(asked.memberId()), asked.memberEpoch(), fetched.wanted());
        return coordination.ask(
                read, GroupResponse.OffsetsRead.class, done -> fetched.with(done.offsets()), fetched::refused);
    }
}
