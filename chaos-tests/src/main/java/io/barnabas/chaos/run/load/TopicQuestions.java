package io.barnabas.chaos.run.load;

import io.barnabas.chaos.rules.history.Answer;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeConfigsRequest;
import org.apache.kafka.common.requests.DescribeConfigsResponse;
import org.apache.kafka.common.requests.IncrementalAlterConfigsRequest;
import org.apache.kafka.common.requests.IncrementalAlterConfigsResponse;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.MetadataResponse;

/**
 * Describes topics linearizably, which no description does by itself: every node answers from what it has applied of
 * the metadata, and may be behind. So each question changes something of its own first, a config of another topic, at
 * the node that is asked then: a node answers a change when it has applied it, and with it all that came before. For
 * one thread.
 */
final class TopicQuestions implements AutoCloseable {

    private static final int TRIES = 5;

    private final NodeConnection node;
    private final String barrier;

    /**
     * Asks one node.
     *
     * @param barrier a topic that is there for the whole run and that nobody describes
     */
    TopicQuestions(NodeConnection node, String barrier) {
        this.node = node;
        this.barrier = barrier;
    }

    /**
     * What the topic is at one moment between call and return.
     *
     * @param change never the same as before, so that each changes something
     * @throws IOException when the node does not say
     */
    Answer.TopicDescription describe(String topic, long change) throws IOException {
        passBarrier(change);
        for (int i = 0; i < TRIES; i++) {
            MetadataResponseTopic before = metadata(topic);
            if (before.errorCode() == Errors.UNKNOWN_TOPIC_OR_PARTITION.code()) {
                return Answer.TopicDescription.absent();
            }
            Map<String, String> configs = new HashMap<>();
            boolean isThere = configs(topic, configs);
            // A topic keeps the number of its partitions: with the same id on both sides, all was so at one time.
            if (isThere && before.topicId().equals(metadata(topic).topicId())) {
                return new Answer.TopicDescription(before.partitions().size(), configs);
            }
        }
        throw new IOException("topic " + topic + " was made anew " + TRIES + " times while it was described");
    }

    private void passBarrier(long change) throws IOException {
        IncrementalAlterConfigsRequestData.AlterableConfigCollection changes =
                new IncrementalAlterConfigsRequestData.AlterableConfigCollection();
        changes.add(new IncrementalAlterConfigsRequestData.AlterableConfig()
                .setName(TopicConfig.RETENTION_MS_CONFIG)
                .setConfigOperation(AlterConfigOp.OpType.SET.id())
                .setValue(Long.toString(change)));
        IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData();
        request.resources()
                .add(new IncrementalAlterConfigsRequestData.AlterConfigsResource()
                        .setResourceType(ConfigResource.Type.TOPIC.id())
                        .setResourceName(barrier)
                        .setConfigs(changes));
        IncrementalAlterConfigsResponse response =
                node.ask(new IncrementalAlterConfigsRequest.Builder(request), IncrementalAlterConfigsResponse.class);
        short error = response.data().responses().getFirst().errorCode();
        if (error != Errors.NONE.code()) {
            throw new IOException("the change before the question failed: " + Errors.forCode(error));
        }
    }

    private MetadataResponseTopic metadata(String topic) throws IOException {
        MetadataResponse response =
                node.ask(MetadataRequest.Builder.forTopicNames(List.of(topic), false), MetadataResponse.class);
        MetadataResponseTopic described = response.data().topics().find(topic);
        if (described == null) {
            throw new IOException("the node says nothing of topic " + topic);
        }
        if (described.errorCode() != Errors.NONE.code()
                && described.errorCode() != Errors.UNKNOWN_TOPIC_OR_PARTITION.code()) {
            throw new IOException("topic " + topic + ": " + Errors.forCode(described.errorCode()));
        }
        return described.topicId() == null ? described.setTopicId(Uuid.ZERO_UUID) : described;
    }

    /** Whether the topic is there; then its own configs are added to {@code configs}. */
    private boolean configs(String topic, Map<String, String> configs) throws IOException {
        DescribeConfigsRequestData request = new DescribeConfigsRequestData()
                .setResources(List.of(new DescribeConfigsRequestData.DescribeConfigsResource()
                        .setResourceType(ConfigResource.Type.TOPIC.id())
                        .setResourceName(topic)
                        .setConfigurationKeys(null)));
        DescribeConfigsResponseData.DescribeConfigsResult result = node.ask(
                        new DescribeConfigsRequest.Builder(request), DescribeConfigsResponse.class)
                .data()
                .results()
                .getFirst();
        if (result.errorCode() == Errors.UNKNOWN_TOPIC_OR_PARTITION.code()) {
            return false;
        }
        if (result.errorCode() != Errors.NONE.code()) {
            throw new IOException("configs of topic " + topic + ": " + Errors.forCode(result.errorCode()));
        }
        result.configs().stream()
                .filter(config -> config.configSource() == DescribeConfigsResponse.ConfigSource.TOPIC_CONFIG.id())
                .forEach(config -> configs.put(config.name(), config.value()));
        return true;
    }

    @Override
    public void close() {
        node.close();
    }
}
