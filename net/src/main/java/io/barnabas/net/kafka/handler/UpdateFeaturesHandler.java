package io.barnabas.net.kafka.handler;

import io.barnabas.metadata.rules.FeatureLevels;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.RequestContext;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData.FeatureUpdateKey;
import org.apache.kafka.common.message.UpdateFeaturesResponseData;
import org.apache.kafka.common.message.UpdateFeaturesResponseData.UpdatableFeatureResult;
import org.apache.kafka.common.protocol.Errors;

/**
 * UpdateFeatures (KIP-584). The one feature is the level of metadata commands and formats; this release knows a single
 * level, so asking for that one is granted and asking for any other is refused.
 */
public final class UpdateFeaturesHandler implements ApiHandler<UpdateFeaturesRequestData, UpdateFeaturesResponseData> {

    /** From this version on the answer speaks of all features at once. */
    private static final int FIRST_VERSION_WITHOUT_RESULTS = 2;

    private final Broker broker;

    public UpdateFeaturesHandler(Broker broker) {
        this.broker = broker;
    }

    @Override
    public CompletionStage<UpdateFeaturesResponseData> handle(
            RequestContext context, UpdateFeaturesRequestData request) {
        UpdateFeaturesResponseData response = new UpdateFeaturesResponseData();
        for (FeatureUpdateKey update : request.featureUpdates()) {
            UpdatableFeatureResult result = new UpdatableFeatureResult().setFeature(update.feature());
            response.results().add(result);
            flaw(update).ifPresent(flaw -> {
                result.setErrorCode(Errors.INVALID_UPDATE_VERSION.code()).setErrorMessage(flaw);
                if (context.apiVersion() >= FIRST_VERSION_WITHOUT_RESULTS) {
                    response.setErrorCode(Errors.INVALID_UPDATE_VERSION.code()).setErrorMessage(flaw);
                }
            });
        }
        return CompletableFuture.completedFuture(response);
    }

    private Optional<String> flaw(FeatureUpdateKey update) {
        if (!update.feature().equals(FeatureLevels.NAME)) {
            return Optional.of(
                    "feature '" + update.feature() + "' is unknown; the one feature is " + FeatureLevels.NAME);
        }
        int asked = update.maxVersionLevel();
        int present = broker.quorum().image().featureLevel();
        if (asked == present) {
            return Optional.empty();
        }
        return Optional.of(
                asked < FeatureLevels.OLDEST || asked > FeatureLevels.NEWEST
                        ? FeatureLevels.NAME + " level " + asked + " is not supported: node " + broker.nodeId()
                                + " knows levels " + FeatureLevels.OLDEST + " to " + FeatureLevels.NEWEST
                        : FeatureLevels.NAME + " is at level " + present + " and cannot become " + asked);
    }
}
