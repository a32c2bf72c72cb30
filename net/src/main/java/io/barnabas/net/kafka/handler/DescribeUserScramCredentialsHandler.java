package io.barnabas.net.kafka.handler;

import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.RequestContext;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DescribeUserScramCredentialsRequestData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData.DescribeUserScramCredentialsResult;
import org.apache.kafka.common.protocol.Errors;

/** DescribeUserScramCredentials (KIP-554): listeners authenticate nobody, so no user has credentials. */
public final class DescribeUserScramCredentialsHandler
        implements ApiHandler<DescribeUserScramCredentialsRequestData, DescribeUserScramCredentialsResponseData> {

    @Override
    public CompletionStage<DescribeUserScramCredentialsResponseData> handle(
            RequestContext context, DescribeUserScramCredentialsRequestData request) {
        DescribeUserScramCredentialsResponseData response = new DescribeUserScramCredentialsResponseData();
        if (request.users() != null) {
            request.users()
                    .forEach(user -> response.results()
                            .add(new DescribeUserScramCredentialsResult()
                                    .setUser(user.name())
                                    .setErrorCode(Errors.RESOURCE_NOT_FOUND.code())
                                    .setErrorMessage("user '" + user.name() + "' has no SCRAM credentials")));
        }
        return CompletableFuture.completedFuture(response);
    }
}
