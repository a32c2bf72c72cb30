package io.barnabas.net.kafka.handler;

import io.barnabas.metadata.rules.Endpoint;
import io.barnabas.metadata.rules.NodeInfo;
import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.RequestContext;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBroker;
import org.apache.kafka.common.protocol.Errors;

/** DescribeCluster: the nodes, the fenced ones too when asked for (KIP-1073). */
public final class DescribeClusterHandler
        implements ApiHandler<DescribeClusterRequestData, DescribeClusterResponseData> {

    private static final byte BROKERS = 1;
    private static final byte CONTROLLERS = 2;

    private final Broker broker;

    public DescribeClusterHandler(Broker broker) {
        this.broker = broker;
    }

    @Override
    public CompletionStage<DescribeClusterResponseData> handle(
            RequestContext context, DescribeClusterRequestData request) {
        DescribeClusterResponseData response =
                new DescribeClusterResponseData().setEndpointType(request.endpointType());
        if (request.endpointType() != BROKERS) {
            // KIP-919: clients reach the quorum through the nodes, there is no controller listener.
            return CompletableFuture.completedFuture(
                    request.endpointType() == CONTROLLERS
                            ? response.setErrorCode(Errors.MISMATCHED_ENDPOINT_TYPE.code())
                                    .setErrorMessage("this is a broker endpoint")
                            : response.setErrorCode(Errors.UNSUPPORTED_ENDPOINT_TYPE.code())
                                    .setErrorMessage("endpoint type " + request.endpointType() + " is unknown"));
        }
        ClusterView view = new ClusterView(broker);
        response.setClusterId(view.image().clusterId()).setControllerId(view.controller());
        for (NodeInfo node : view.image().nodes().values()) {
            if (!node.fenced() || request.includeFencedBrokers()) {
                Endpoint endpoint = NodeEndpoints.of(node, context.listener());
                response.brokers()
                        .add(new DescribeClusterBroker()
                                .setBrokerId(node.id())
                                .setHost(endpoint.host())
                                .setPort(endpoint.port())
                                .setRack(node.rack().orElse(null))
                                .setIsFenced(node.fenced()));
            }
        }
        return CompletableFuture.completedFuture(response);
    }
}
