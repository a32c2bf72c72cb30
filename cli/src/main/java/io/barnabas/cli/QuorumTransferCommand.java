package io.barnabas.cli;

import io.barnabas.net.client.KafkaConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.EndQuorumEpochRequestData;
import org.apache.kafka.common.message.EndQuorumEpochResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Hands the lead of the metadata quorum to a voter. */
@Command(
        name = "transfer",
        description = "Hand the lead of the metadata quorum to a voter, as before its leader's machine is serviced.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  barnabas quorum transfer 2"})
final class QuorumTransferCommand implements Runnable {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final short VERSION = 1;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterClient cluster;

    @Parameters(paramLabel = "ID", description = "The node's id.")
    private int node;

    @Override
    public void run() {
        try (Admin admin = cluster.admin()) {
            QuorumInfo quorum = cluster.get(admin.describeMetadataQuorum().quorumInfo());
            if (quorum.leaderId() == node) {
                spec.commandLine().getOut().println("Node " + node + " leads the metadata quorum already");
                return;
            }
            Errors error = ask(cluster.get(admin.describeCluster().controller()), quorum);
            switch (error) {
                case NONE -> spec.commandLine().getOut().println("Node " + node + " leads the metadata quorum");
                case VOTER_NOT_FOUND ->
                    throw new CommandFailedException("node " + node
                            + " does not vote in the metadata quorum; 'barnabas quorum status' shows who does");
                case FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH ->
                    throw new CommandFailedException("another node came to lead meanwhile; look again");
                default -> throw new CommandFailedException("the lead stays where it is: " + error.message());
            }
        }
    }

    private Errors ask(Node any, QuorumInfo quorum) {
        EndQuorumEpochRequestData request = new EndQuorumEpochRequestData()
                .setTopics(List.of(new EndQuorumEpochRequestData.TopicData()
                        .setTopicName(Topic.CLUSTER_METADATA_TOPIC_NAME)
                        .setPartitions(List.of(new EndQuorumEpochRequestData.PartitionData()
                                .setLeaderId(quorum.leaderId())
                                .setLeaderEpoch(Math.toIntExact(quorum.leaderEpoch()))
                                .setPreferredCandidates(
                                        List.of(new EndQuorumEpochRequestData.ReplicaInfo().setCandidateId(node)))))));
        try (KafkaConnection connection = new KafkaConnection(any.host(), any.port(), "barnabas-cli", TIMEOUT)) {
            EndQuorumEpochResponseData response =
                    connection.call(ApiKeys.END_QUORUM_EPOCH, VERSION, request, EndQuorumEpochResponseData.class);
            return Errors.forCode(
                    response.errorCode() != Errors.NONE.code()
                                    || response.topics().isEmpty()
                            ? response.errorCode()
                            : response.topics()
                                    .getFirst()
                                    .partitions()
                                    .getFirst()
                                    .errorCode());
        } catch (IOException e) {
            throw new CommandFailedException("node " + any.id() + " gave no answer: " + e.getMessage(), e);
        }
    }
}
