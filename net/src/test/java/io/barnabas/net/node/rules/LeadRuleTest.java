package io.barnabas.net.node.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.log.GroupMembers;
import io.barnabas.log.GroupMembers.Member;
import io.barnabas.metadata.rules.ConfigResource;
import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.MetadataRules;
import io.barnabas.metadata.rules.NodeOverrides;
import io.barnabas.metadata.rules.Outcome;
import io.barnabas.metadata.rules.PartitionInfo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LeadRuleTest {

    private static final Member WELL = new Member(0, 10);
    private static final Member SILENT = new Member(0, 60_000);
    private static final PartitionInfo PARTITION = new PartitionInfo(0, List.of(1, 2, 3), 2, 5);

    private MetadataImage image = MetadataImage.EMPTY;

    @BeforeEach
    void register() {
        apply(new MetadataCommand.InitCluster("c"));
        for (int id = 1; id <= 3; id++) {
            apply(new MetadataCommand.RegisterNode(
                    "c", id, new UUID(0, id), List.of(), "m:" + id, "p:" + id, Optional.empty()));
        }
    }

    private void apply(MetadataCommand command) {
        image = ((Outcome.Changed) MetadataRules.apply(image, command, image.index() + 1)).image();
    }

    private void drain(int node) {
        apply(new MetadataCommand.AlterConfigs(
                new ConfigResource.Node(node), Map.of(NodeOverrides.DRAINED, "true"), List.of()));
    }

    private static GroupMembers ledBy2(Member first, Member third) {
        return new GroupMembers(2, 5, Map.of(1, first, 2, WELL, 3, third));
    }

    private Optional<Integer> handOver(GroupMembers group, boolean balance) {
        return LeadRule.handOver(image, PARTITION, group, balance);
    }

    @Test
    void thePreferredReplicaGetsItsLeadBackOnlyWhenItIsTimeAndItKeepsUp() {
        assertThat(handOver(ledBy2(WELL, WELL), false)).isEmpty();
        assertThat(handOver(ledBy2(WELL, WELL), true)).contains(1);
        assertThat(handOver(ledBy2(SILENT, WELL), true)).isEmpty();
        apply(new MetadataCommand.FenceNode(1, image.node(1).orElseThrow().epoch()));
        assertThat(handOver(ledBy2(WELL, WELL), true)).isEmpty();
    }

    @Test
    void aDrainedNodeHandsOverToTheFirstThatCanAndGetsNothingBack() {
        drain(2);
        assertThat(handOver(ledBy2(WELL, WELL), false)).contains(1);
        assertThat(handOver(ledBy2(SILENT, WELL), false)).contains(3);
        assertThat(handOver(ledBy2(SILENT, SILENT), false)).isEmpty();
        drain(1);
        assertThat(handOver(ledBy2(WELL, WELL), false)).contains(3);
        drain(3);
        assertThat(handOver(ledBy2(WELL, WELL), false)).isEmpty();
    }

    @Test
    void leadsDoNotGoBackToADrainedNode() {
        drain(1);
        assertThat(handOver(ledBy2(WELL, WELL), true)).isEmpty();
    }
}
