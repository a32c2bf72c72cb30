package io.barnabas.net.kafka.handler;

import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.RequestContext;
import io.barnabas.net.kafka.TopicConfigs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigType;

/** DescribeConfigs: settings of topics and of this node, each with where it comes from. */
public final class DescribeConfigsHandler
        implements ApiHandler<DescribeConfigsRequestData, DescribeConfigsResponseData> {

    private final Broker broker;

    public DescribeConfigsHandler(Broker broker) {
        this.broker = broker;
    }

    @Override
    public CompletionStage<DescribeConfigsResponseData> handle(
            RequestContext context, DescribeConfigsRequestData request) {
        DescribeConfigsResponseData response = new DescribeConfigsResponseData();
        for (DescribeConfigsResource resource : request.resources()) {
            response.results().add(describe(request, resource));
        }
        return CompletableFuture.completedFuture(response);
    }

    private DescribeConfigsResult describe(DescribeConfigsRequestData request, DescribeConfigsResource resource) {
        DescribeConfigsResult result = new DescribeConfigsResult()
                .setResourceType(resource.resourceType())
                .setResourceName(resource.resourceName());
        return switch (ConfigResource.Type.forId(resource.resourceType())) {
            case TOPIC -> describeTopic(request, resource, result);
            case BROKER -> describeNode(request, resource, result);
            default ->
                result.setErrorCode(Errors.INVALID_REQUEST.code())
                        .setErrorMessage("only topics and brokers have configs here");
        };
    }

    private DescribeConfigsResult describeTopic(
            DescribeConfigsRequestData request, DescribeConfigsResource resource, DescribeConfigsResult result) {
        Optional<TopicInfo> topic = broker.quorum().image().topic(resource.resourceName());
        if (topic.isEmpty()) {
            return result.setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code())
                    .setErrorMessage("topic '" + resource.resourceName() + "' does not exist");
        }
        for (String name : TopicConfigs.names()) {
            if (wanted(resource, name)) {
                result.configs().add(topicConfig(request, topic.get(), name));
            }
        }
        return result;
    }

    private DescribeConfigsResourceResult topicConfig(
            DescribeConfigsRequestData request, TopicInfo topic, String name) {
        List<DescribeConfigsSynonym> sources = new ArrayList<>();
        String override = topic.configs().get(name);
        if (override != null) {
            sources.add(source(name, override, ConfigSource.TOPIC_CONFIG));
        }
        TopicConfigs.nodeKey(name).ifPresent(key -> {
            String explicit = broker.settings().explicit().get(key);
            if (explicit != null) {
                sources.add(source(key, explicit, ConfigSource.STATIC_BROKER_CONFIG));
            }
        });
        sources.add(source(
                TopicConfigs.nodeKey(name).orElse(name), TopicConfigs.defaultValue(name), ConfigSource.DEFAULT_CONFIG));
        return config(request, name, sources, false)
                .setConfigType(type(TopicConfigs.type(name)).id())
                .setDocumentation(request.includeDocumentation() ? TopicConfigs.documentation(name) : null);
    }

    private DescribeConfigsResult describeNode(
            DescribeConfigsRequestData request, DescribeConfigsResource resource, DescribeConfigsResult result) {
        if (!resource.resourceName().equals(Integer.toString(broker.nodeId()))) {
            return resource.resourceName().isEmpty()
                    ? result
                    : result.setErrorCode(Errors.INVALID_REQUEST.code())
                            .setErrorMessage("this is broker " + broker.nodeId() + "; ask broker '"
                                    + resource.resourceName() + "' itself");
        }
        new TreeMap<>(broker.settings().effective()).forEach((key, value) -> {
            if (wanted(resource, key)) {
                boolean explicit = broker.settings().explicit().containsKey(key);
                result.configs()
                        .add(config(
                                request,
                                key,
                                List.of(source(
                                        key,
                                        value,
                                        explicit ? ConfigSource.STATIC_BROKER_CONFIG : ConfigSource.DEFAULT_CONFIG)),
                                true));
            }
        });
        return result;
    }

    /** A setting whose value is that of its first source. */
    private static DescribeConfigsResourceResult config(
            DescribeConfigsRequestData request, String name, List<DescribeConfigsSynonym> sources, boolean readOnly) {
        return new DescribeConfigsResourceResult()
                .setName(name)
                .setValue(sources.getFirst().value())
                .setConfigSource(sources.getFirst().source())
                .setReadOnly(readOnly)
                .setConfigType(ConfigType.STRING.id())
                .setSynonyms(request.includeSynonyms() ? sources : List.of());
    }

    private static DescribeConfigsSynonym source(String name, String value, ConfigSource source) {
        return new DescribeConfigsSynonym().setName(name).setValue(value).setSource(source.id());
    }

    private static boolean wanted(DescribeConfigsResource resource, String name) {
        return resource.configurationKeys() == null
                || resource.configurationKeys().isEmpty()
                || resource.configurationKeys().contains(name);
    }

    private static ConfigType type(ConfigDef.Type type) {
        return switch (type) {
            case BOOLEAN -> ConfigType.BOOLEAN;
            case STRING -> ConfigType.STRING;
            case INT -> ConfigType.INT;
            case SHORT -> ConfigType.SHORT;
            case LONG -> ConfigType.LONG;
            case DOUBLE -> ConfigType.DOUBLE;
            case LIST -> ConfigType.LIST;
            case CLASS -> ConfigType.CLASS;
            case PASSWORD -> ConfigType.PASSWORD;
        };
    }
}
