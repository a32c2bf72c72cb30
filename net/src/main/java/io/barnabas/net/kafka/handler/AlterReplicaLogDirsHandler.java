package io.barnabas.net.kafka.handler;

import io.barnabas.log.directory.LogDirectoryStatus;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.RequestContext;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDir;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDirTopic;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData.AlterReplicaLogDirPartitionResult;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData.AlterReplicaLogDirTopicResult;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * AlterReplicaLogDirs (KIP-113): moves replicas of this node to other log directories. The answer says that a move has
 * begun, not that it is done; DescribeLogDirs shows how far it is.
 */
public final class AlterReplicaLogDirsHandler
        implements ApiHandler<AlterReplicaLogDirsRequestData, AlterReplicaLogDirsResponseData> {

    private static final Logger LOG = LoggerFactory.getLogger(AlterReplicaLogDirsHandler.class);

    private final Broker broker;

    public AlterReplicaLogDirsHandler(Broker broker) {
        this.broker = broker;
    }

    @Override
    public CompletionStage<AlterReplicaLogDirsResponseData> handle(
            RequestContext context, AlterReplicaLogDirsRequestData request) {
        AlterReplicaLogDirsResponseData response = new AlterReplicaLogDirsResponseData();
        for (AlterReplicaLogDir directory : request.dirs()) {
            for (AlterReplicaLogDirTopic topic : directory.topics()) {
                AlterReplicaLogDirTopicResult result = result(response, topic.name());
                for (int partition : topic.partitions()) {
                    result.partitions()
                            .add(new AlterReplicaLogDirPartitionResult()
                                    .setPartitionIndex(partition)
                                    .setErrorCode(move(topic.name(), partition, directory.path())
                                            .code()));
                }
            }
        }
        return CompletableFuture.completedFuture(response);
    }

    /** A topic may stand under several directories in the request; it stands once in the answer. */
    private static AlterReplicaLogDirTopicResult result(AlterReplicaLogDirsResponseData response, String topic) {
        return response.results().stream()
                .filter(present -> present.topicName().equals(topic))
                .findFirst()
                .orElseGet(() -> {
                    AlterReplicaLogDirTopicResult added = new AlterReplicaLogDirTopicResult().setTopicName(topic);
                    response.results().add(added);
                    return added;
                });
    }

    private Errors move(String topicName, int partition, String path) {
        Optional<LogDirectoryStatus> directory = directory(path);
        if (directory.isEmpty()) {
            return Errors.LOG_DIR_NOT_FOUND;
        }
        if (directory.get().offline().isPresent()) {
            return Errors.KAFKA_STORAGE_ERROR;
        }
        Optional<TopicInfo> topic = broker.quorum().image().topic(topicName);
        if (topic.isEmpty()
                || partition < 0
                || partition >= topic.get().partitions().size()) {
            return Errors.UNKNOWN_TOPIC_OR_PARTITION;
        }
        return broker.replica(topic.get().id(), partition)
                .map(replica -> move(replica.groupId(), directory.get().path()))
                .orElse(Errors.REPLICA_NOT_AVAILABLE);
    }

    private Optional<LogDirectoryStatus> directory(String path) {
        try {
            Path wanted = Path.of(path).normalize();
            return broker.partitions().directories().stream()
                    .filter(directory -> directory.path().equals(wanted))
                    .findFirst();
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private Errors move(UUID groupId, Path directory) {
        CompletableFuture<Void> placed = broker.partitions().place(groupId, directory);
        if (placed.isCompletedExceptionally()) {
            LOG.warn(
                    "cannot move {} to {}: {}",
                    groupId,
                    directory,
                    placed.exceptionNow().getMessage());
            return Errors.KAFKA_STORAGE_ERROR;
        }
        return Errors.NONE;
    }
}
