package io.barnabas.net.kafka.handler;

import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.RequestContext;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.config.ConfigResource.Type;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData.ConfigResource;
import org.apache.kafka.common.protocol.Errors;

/** ListConfigResources: what has configs (KIP-1142). Version 0 asks for client metrics alone, of which there are none. */
public final class ListConfigResourcesHandler
        implements ApiHandler<ListConfigResourcesRequestData, ListConfigResourcesResponseData> {

    private static final Set<Type> KNOWN =
            Set.of(Type.TOPIC, Type.BROKER, Type.BROKER_LOGGER, Type.CLIENT_METRICS, Type.GROUP);

    private final Broker broker;

    public ListConfigResourcesHandler(Broker broker) {
        this.broker = broker;
    }

    @Override
    public CompletionStage<ListConfigResourcesResponseData> handle(
            RequestContext context, ListConfigResourcesRequestData request) {
        ListConfigResourcesResponseData response = new ListConfigResourcesResponseData();
        if (context.apiVersion() == 0) {
            return CompletableFuture.completedFuture(response);
        }
        Set<Type> wanted = new HashSet<>();
        request.resourceTypes().forEach(type -> wanted.add(Type.forId(type)));
        if (!KNOWN.containsAll(wanted)) {
            return CompletableFuture.completedFuture(response.setErrorCode(Errors.UNSUPPORTED_VERSION.code()));
        }
        boolean all = wanted.isEmpty();
        MetadataImage image = broker.quorum().image();
        if (all || wanted.contains(Type.TOPIC)) {
            image.topics().keySet().forEach(name -> add(response, Type.TOPIC, name));
        }
        if (all || wanted.contains(Type.BROKER)) {
            image.nodes().keySet().forEach(id -> add(response, Type.BROKER, Integer.toString(id)));
        }
        return CompletableFuture.completedFuture(response);
    }

    private static void add(ListConfigResourcesResponseData response, Type type, String name) {
        response.configResources()
                .add(new ConfigResource().setResourceType(type.id()).setResourceName(name));
    }
}
