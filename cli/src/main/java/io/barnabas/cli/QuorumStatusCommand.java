package io.barnabas.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.QuorumInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Shows the metadata quorum. */
@Command(
        name = "status",
        description = "Show the metadata quorum: leader, term, members and how far each has come.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  barnabas quorum status"})
final class QuorumStatusCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterClient cluster;

    @Mixin
    private Output output;

    @Override
    public void run() {
        try (Admin admin = cluster.admin()) {
            QuorumInfo quorum = cluster.get(admin.describeMetadataQuorum().quorumInfo());
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("clusterId", cluster.get(admin.describeCluster().clusterId()));
            fields.put("leader", quorum.leaderId());
            fields.put("term", quorum.leaderEpoch());
            fields.put("committed", quorum.highWatermark());
            List<Map<String, Object>> members = new ArrayList<>();
            quorum.voters().forEach(voter -> members.add(member(voter, "voter", quorum)));
            quorum.observers().forEach(observer -> members.add(member(observer, "listener", quorum)));
            if (output.format() == Output.Format.JSON) {
                fields.put("members", members);
                output.one(spec.commandLine().getOut(), fields);
            } else {
                output.one(spec.commandLine().getOut(), fields);
                spec.commandLine().getOut().println();
                output.rows(spec.commandLine().getOut(), members);
            }
        }
    }

    private static Map<String, Object> member(QuorumInfo.ReplicaState state, String role, QuorumInfo quorum) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("node", state.replicaId());
        row.put("role", state.replicaId() == quorum.leaderId() ? "leader" : role);
        row.put("index", state.logEndOffset() < 0 ? "unknown" : state.logEndOffset());
        row.put(
                "lag",
                state.logEndOffset() < 0 ? "unknown" : Math.max(0, quorum.highWatermark() - state.logEndOffset()));
        return row;
    }
}
