package io.barnabas.net.kafka.handler;

import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.RequestContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.AlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.protocol.Errors;

/** AlterConfigs: replaces all overrides of a topic. Clients since KIP-339 use IncrementalAlterConfigs instead. */
public final class AlterConfigsHandler implements ApiHandler<AlterConfigsRequestData, AlterConfigsResponseData> {

    private final ConfigChanges changes;

    public AlterConfigsHandler(Broker broker) {
        this.changes = new ConfigChanges(broker);
    }

    @Override
    public CompletionStage<AlterConfigsResponseData> handle(RequestContext context, AlterConfigsRequestData request) {
        AlterConfigsResponseData response = new AlterConfigsResponseData();
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
                            present -> replacement(resource, present))
                    .thenAccept(
                            result -> answer.setErrorCode(result.error().code()).setErrorMessage(result.message())));
        }
        return CompletableFuture.allOf(pending.toArray(CompletableFuture[]::new))
                .thenApply(done -> response);
    }

    private static ConfigChanges.Change replacement(AlterConfigsResource resource, Map<String, String> present) {
        Map<String, String> set = new HashMap<>();
        for (AlterableConfig config : resource.configs()) {
            if (resource.configs().findAll(config).size() > 1) {
                return new ConfigChanges.Change.Flawed(
                        Errors.INVALID_REQUEST, "config '" + config.name() + "' stands twice in the request");
            }
            set.put(config.name(), config.value());
        }
        List<String> unset =
                present.keySet().stream().filter(key -> !set.containsKey(key)).toList();
        return new ConfigChanges.Change.Alter(set, unset);
    }
}
