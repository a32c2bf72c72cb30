package io.barnabas.net.kafka.handler;

import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.RequestContext;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.AlterClientQuotasRequestData;
import org.apache.kafka.common.message.AlterClientQuotasResponseData;
import org.apache.kafka.common.message.AlterClientQuotasResponseData.EntityData;
import org.apache.kafka.common.message.AlterClientQuotasResponseData.EntryData;
import org.apache.kafka.common.protocol.Errors;

/** AlterClientQuotas: refused, since a quota that is stored and not kept would deceive. */
public final class AlterClientQuotasHandler
        implements ApiHandler<AlterClientQuotasRequestData, AlterClientQuotasResponseData> {

    @Override
    public CompletionStage<AlterClientQuotasResponseData> handle(
            RequestContext context, AlterClientQuotasRequestData request) {
        AlterClientQuotasResponseData response = new AlterClientQuotasResponseData();
        for (AlterClientQuotasRequestData.EntryData asked : request.entries()) {
            EntryData refused = new EntryData()
                    .setErrorCode(Errors.UNSUPPORTED_VERSION.code())
                    .setErrorMessage("client quotas are not served: this cluster limits no client");
            asked.entity()
                    .forEach(entity -> refused.entity()
                            .add(new EntityData()
                                    .setEntityType(entity.entityType())
                                    .setEntityName(entity.entityName())));
            response.entries().add(refused);
        }
        return CompletableFuture.completedFuture(response);
    }
}
