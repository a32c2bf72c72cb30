package io.barnabas.net.kafka.handler;

import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.RequestContext;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DescribeTransactionsRequestData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData.TransactionState;
import org.apache.kafka.common.protocol.Errors;

/** DescribeTransactions (KIP-664): transactions are not served, so no id has one. */
public final class DescribeTransactionsHandler
        implements ApiHandler<DescribeTransactionsRequestData, DescribeTransactionsResponseData> {

    @Override
    public CompletionStage<DescribeTransactionsResponseData> handle(
            RequestContext context, DescribeTransactionsRequestData request) {
        return CompletableFuture.completedFuture(new DescribeTransactionsResponseData()
                .setTransactionStates(request.transactionalIds().stream()
                        .map(id -> new TransactionState()
                                .setTransactionalId(id)
                                .setErrorCode(Errors.TRANSACTIONAL_ID_NOT_FOUND.code()))
                        .toList()));
    }
}
