package io.barnabas.net.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.net.raft.EmptyVoters;
import io.barnabas.net.raft.EntryPayloads;
import io.barnabas.net.raft.RaftTransportConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.metrics.MetricRegistries;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys.Log;
import org.junit.jupiter.api.Test;

class RaftSettingsTest {

    @Test
    void aBatchOfTheLargestSizeFitsIntoEveryBufferOnItsWay() throws Exception {
        NodeConfig config = config();
        RaftProperties raft = RaftSettings.partitions(config.raft());
        long entry = Log.Appender.bufferByteLimit(raft).getSize();
        assertThat(Log.writeBufferSize(raft).getSize()).isGreaterThanOrEqualTo(entry + 8);
        assertThat(RaftSettings.partitionTransport(config, "cluster", EntryPayloads.NONE, EmptyVoters.NONE)
                        .maxFrameBytes())
                .isGreaterThan(config.log().maxMessageBytes() + (int) entry);
    }

    @Test
    void eachServerListensOnItsOwnPortWithItsOwnTimeouts() throws Exception {
        NodeConfig config = config();
        RaftProperties metadata = RaftSettings.metadata(config.raft());
        RaftProperties partitions = RaftSettings.partitions(config.raft());
        RaftTransportConfig metadataTransport = RaftSettings.metadataTransport(config, "cluster");
        assertThat(metadataTransport.port()).isEqualTo(9192);
        assertThat(metadataTransport.host()).isEqualTo("127.0.0.1");
        assertThat(RaftSettings.partitionTransport(config, "cluster", EntryPayloads.NONE, EmptyVoters.NONE)
                        .port())
                .isEqualTo(9193);
        assertThat(RaftServerConfigKeys.Rpc.timeoutMin(metadata).toLong(TimeUnit.MILLISECONDS))
                .isEqualTo(500);
        assertThat(RaftServerConfigKeys.Rpc.timeoutMin(partitions).toLong(TimeUnit.MILLISECONDS))
                .isEqualTo(400);
    }

    @Test
    void noPauseOfTheMachineClosesAServer() throws Exception {
        assertThat(RaftServerConfigKeys.closeThreshold(RaftSettings.metadata(config().raft()))
                        .toLong(TimeUnit.SECONDS))
                .isGreaterThan(Duration.ofDays(365).toSeconds());
    }

    @Test
    void ratisMeasuresNothing() {
        assertThat(MetricRegistries.global()).isInstanceOf(NoMetricRegistries.class);
    }

    private static NodeConfig config() throws InvalidNodeConfigException {
        return NodeConfig.of(
                Path.of("/srv"), Map.of("node.id", "1", "log.dirs", "data", "quorum.voters", "1@127.0.0.1:9192"));
    }
}
