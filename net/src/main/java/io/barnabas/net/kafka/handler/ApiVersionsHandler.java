package io.barnabas.net.kafka.handler;

import io.barnabas.metadata.rules.FeatureLevels;
import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.net.kafka.Api;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.RequestContext;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersionCollection;
import org.apache.kafka.common.message.ApiVersionsResponseData.FinalizedFeatureKey;
import org.apache.kafka.common.message.ApiVersionsResponseData.SupportedFeatureKey;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** ApiVersions: tells what this node serves, exactly the API table. */
public final class ApiVersionsHandler implements ApiHandler<ApiVersionsRequestData, ApiVersionsResponseData> {

    private static final short OLDEST = 0;
    private static final short NEWEST = 4;

    private final Broker broker;
    private final List<Api<?, ?>> served;

    /** Advertises {@code served}, which may still grow while the table is made. */
    public ApiVersionsHandler(Broker broker, List<Api<?, ?>> served) {
        this.broker = broker;
        this.served = served;
    }

    @Override
    public CompletionStage<ApiVersionsResponseData> handle(RequestContext context, ApiVersionsRequestData request) {
        ApiVersionsResponseData response = new ApiVersionsResponseData();
        if (context.apiVersion() < OLDEST || context.apiVersion() > NEWEST) {
            // KIP-511: the client learns from this one range which version to ask again with.
            ApiVersionCollection own = new ApiVersionCollection();
            own.add(version(ApiKeys.API_VERSIONS, OLDEST, NEWEST));
            return CompletableFuture.completedFuture(
                    response.setErrorCode(Errors.UNSUPPORTED_VERSION.code()).setApiKeys(own));
        }
        ApiVersionCollection all = new ApiVersionCollection();
        for (Api<?, ?> api : served) {
            // librdkafka before 2.x takes a produce range that does not begin at 0 for a broker without compression.
            short min = api.key() == ApiKeys.PRODUCE ? 0 : api.minVersion();
            all.add(version(api.key(), min, api.maxVersion()));
        }
        setFeatures(response);
        return CompletableFuture.completedFuture(response.setApiKeys(all));
    }

    /** The level of the metadata's commands and formats, as a feature of KIP-584. */
    private void setFeatures(ApiVersionsResponseData response) {
        MetadataImage image = broker.quorum().image();
        short level = (short) image.featureLevel();
        response.supportedFeatures()
                .add(new SupportedFeatureKey()
                        .setName(FeatureLevels.NAME)
                        .setMinVersion((short) FeatureLevels.OLDEST)
                        .setMaxVersion((short) FeatureLevels.NEWEST));
        response.finalizedFeatures()
                .add(new FinalizedFeatureKey()
                        .setName(FeatureLevels.NAME)
                        .setMinVersionLevel(level)
                        .setMaxVersionLevel(level));
        response.setFinalizedFeaturesEpoch(image.index());
    }

    private static ApiVersion version(ApiKeys key, short min, short max) {
        return new ApiVersion().setApiKey(key.id).setMinVersion(min).setMaxVersion(max);
    }
}
