package io.barnabas.net.kafka.handler;

import io.barnabas.metadata.rules.NodeOverrides;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.BrokerSettings;
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
        TopicConfigs.Setting setting = TopicConfigs.setting(name, topic.configs(), broker.settings());
        List<DescribeConfigsSynonym> sources = setting.sources().stream()
                .map(source -> source(source.key(), source.value(), source.source()))
                .toList();
        // A node key behind a topic's may have another unit: the value is not always that of the first source.
        return config(request, name, sources, TopicConfigs.type(name), TopicConfigs.documentation(name))
                .setValue(setting.value())
                .setReadOnly(false);
    }

    private DescribeConfigsResult describeNode(
            DescribeConfigsRequestData request, DescribeConfigsResource resource, DescribeConfigsResult result) {
        if (resource.resourceName().isEmpty()) {
            // The default of all brokers: every setting is a node's own here.
            return result;
        }
        if (!resource.resourceName().equals(Integer.toString(broker.nodeId()))) {
            return result.setErrorCode(Errors.INVALID_REQUEST.code())
                    .setErrorMessage("this is broker " + broker.nodeId() + "; ask broker '" + resource.resourceName()
                            + "' itself");
        }
        new TreeMap<>(broker.settings().keys()).forEach((name, key) -> {
            if (wanted(resource, name)) {
                result.configs()
                        .add(config(request, name, nodeSources(name, key), key.type(), key.documentation())
                                .setReadOnly(true));
            }
        });
        NodeOverrides.of(broker.quorum().image(), broker.nodeId()).forEach((name, value) -> {
            if (wanted(resource, name)) {
                List<DescribeConfigsSynonym> sources = List.of(source(name, value, ConfigSource.DYNAMIC_BROKER_CONFIG));
                result.configs()
                        .add(config(request, name, sources, ConfigDef.Type.BOOLEAN, NodeOverrides.DOCUMENTATION));
            }
        });
        return result;
    }

    private List<DescribeConfigsSynonym> nodeSources(String name, BrokerSettings.Key key) {
        List<DescribeConfigsSynonym> sources = new ArrayList<>();
        Optional<String> value =
                Optional.ofNullable(broker.settings().effective().get(name));
        if (value.isPresent()
                && (broker.settings().explicit().containsKey(name) || !value.equals(key.defaultValue()))) {
            sources.add(source(name, value.get(), ConfigSource.STATIC_BROKER_CONFIG));
        }
        key.defaultValue().ifPresent(own -> sources.add(source(name, own, ConfigSource.DEFAULT_CONFIG)));
        return sources;
    }

    /** A setting whose value is that of its first source; a setting without a source has no value. */
    private static DescribeConfigsResourceResult config(
            DescribeConfigsRequestData request,
            String name,
            List<DescribeConfigsSynonym> sources,
            ConfigDef.Type type,
            String documentation) {
        return new DescribeConfigsResourceResult()
                .setName(name)
                .setValue(sources.isEmpty() ? null : sources.getFirst().value())
                .setConfigSource(
                        sources.isEmpty()
                                ? ConfigSource.DEFAULT_CONFIG.id()
                                : sources.getFirst().source())
                .setConfigType(type(type).id())
                .setSynonyms(request.includeSynonyms() ? sources : List.of())
                .setDocumentation(request.includeDocumentation() ? documentation : null);
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
