package io.barnabas.net.kafka.handler;

import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.BrokerSettings;
import io.barnabas.net.kafka.RequestContext;
import io.barnabas.net.kafka.TopicConfigs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.protocol.Errors;

/** IncrementalAlterConfigs: changes single overrides of a topic (KIP-339). */
public final class IncrementalAlterConfigsHandler
        implements ApiHandler<IncrementalAlterConfigsRequestData, IncrementalAlterConfigsResponseData> {

    private final ConfigChanges changes;
    private final BrokerSettings settings;

    public IncrementalAlterConfigsHandler(Broker broker) {
        this.changes = new ConfigChanges(broker);
        this.settings = broker.settings();
    }

    @Override
    public CompletionStage<IncrementalAlterConfigsResponseData> handle(
            RequestContext context, IncrementalAlterConfigsRequestData request) {
        IncrementalAlterConfigsResponseData response = new IncrementalAlterConfigsResponseData();
        List<CompletableFuture<?>> pending = new ArrayList<>();
        for (AlterConfigsResource resource : request.resources()) {
            AlterConfigsResourceResponse answer = new AlterConfigsResourceResponse()
                    .setResourceType(resource.resourceType())
                    .setResourceName(resource.resourceName());
            response.responses().add(answer);
            int mentions = request.resources().findAll(resource).size();
            pending.add(changes.apply(
                            resource.resourceType(),
                            resource.resourceName(),
                            mentions,
                            request.validateOnly(),
                            present -> change(resource, present))
                    .thenAccept(
                            result -> answer.setErrorCode(result.error().code()).setErrorMessage(result.message())));
        }
        return CompletableFuture.allOf(pending.toArray(CompletableFuture[]::new))
                .thenApply(done -> response);
    }

    private ConfigChanges.Change change(AlterConfigsResource resource, Map<String, String> present) {
        Map<String, String> set = new HashMap<>();
        List<String> unset = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (AlterableConfig config : resource.configs()) {
            String name = config.name();
            OpType operation = OpType.forId(config.configOperation());
            if (!seen.add(name)) {
                return flawed(Errors.INVALID_REQUEST, "config '" + name + "' stands twice in the request");
            }
            if (operation == null) {
                return flawed(Errors.INVALID_REQUEST, "operation " + config.configOperation() + " is unknown");
            }
            switch (operation) {
                case SET -> set.put(name, config.value());
                case DELETE -> unset.add(name);
                case APPEND, SUBTRACT -> {
                    if (!TopicConfigs.isKnown(name)) {
                        return flawed(Errors.INVALID_CONFIG, TopicConfigs.unknown(name));
                    }
                    if (TopicConfigs.type(name) != ConfigDef.Type.LIST) {
                        return flawed(
                                Errors.INVALID_CONFIG, operation + " needs a list, and config '" + name + "' is none");
                    }
                    if (config.value() == null) {
                        return flawed(Errors.INVALID_REQUEST, operation + " to config '" + name + "' needs a value");
                    }
                    String value = TopicConfigs.setting(name, present, settings).value();
                    set.put(name, edited(value, operation, config.value()));
                }
            }
        }
        return new ConfigChanges.Change.Alter(set, unset);
    }

    private static String edited(String present, OpType operation, String value) {
        Set<String> items = new LinkedHashSet<>(items(present));
        if (operation == OpType.APPEND) {
            items.addAll(items(value));
        } else {
            items.removeAll(new HashSet<>(items(value)));
        }
        return String.join(",", items);
    }

    private static List<String> items(String list) {
        return List.of(list.split(",", -1)).stream()
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .toList();
    }

    private static ConfigChanges.Change flawed(Errors error, String message) {
        return new ConfigChanges.Change.Flawed(error, message);
    }
}
