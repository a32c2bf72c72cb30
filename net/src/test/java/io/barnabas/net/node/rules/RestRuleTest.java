package io.barnabas.net.node.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.log.rules.rest.RestPoint;
import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.MetadataRules;
import io.barnabas.metadata.rules.Outcome;
import io.barnabas.metadata.rules.PartitionInfo;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RestRuleTest {

    private static final int TERM = 5;
    private static final RestPoint POINT = new RestPoint(TERM, 40, 1, List.of(1, 2, 3));

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

    private void fence(int node) {
        apply(new MetadataCommand.FenceNode(node, image.node(node).orElseThrow().epoch()));
    }

    private RestRule of(int nodeId, int leader, int epoch, boolean patient) {
        return RestRule.of(image, nodeId, POINT, new PartitionInfo(0, List.of(1, 2, 3), leader, epoch), patient);
    }

    @Test
    void restsWhileItsLeaderLivesAndNobodyElseWasElected() {
        assertThat(of(2, 1, TERM, false)).isEqualTo(RestRule.REST);
        assertThat(of(1, 1, TERM, true)).isEqualTo(RestRule.REST);
        assertThat(of(1, 3, TERM - 1, false))
                .as("its election is not reported yet")
                .isEqualTo(RestRule.REST);
        fence(3);
        assertThat(of(2, 1, TERM, false)).as("a follower is lost").isEqualTo(RestRule.REST);
    }

    @Test
    void aNewerLeaderEndsItEvenForTheLeaderOfBefore() {
        assertThat(of(1, 2, TERM + 1, true)).isEqualTo(RestRule.WAKE);
        assertThat(of(3, 2, TERM + 1, false)).isEqualTo(RestRule.WAKE);
        assertThat(of(3, 2, TERM, false)).isEqualTo(RestRule.WAKE);
    }

    @Test
    void theFirstLiveMemberLeadsWhenTheLeadersNodeIsLost() {
        fence(1);
        assertThat(of(2, 1, TERM, false)).isEqualTo(RestRule.LEAD);
        assertThat(of(3, 1, TERM, false)).isEqualTo(RestRule.WAKE);
        fence(2);
        assertThat(of(3, 1, TERM, false)).isEqualTo(RestRule.LEAD);
    }

    @Test
    void aNodeThatHasJustStartedWaitsForALeaderThatMayBeStartingToo() {
        fence(1);
        assertThat(of(2, 1, TERM, true)).isEqualTo(RestRule.UNKNOWN);
        assertThat(of(1, 1, TERM, false)).as("the leader itself").isEqualTo(RestRule.UNKNOWN);
    }
}
