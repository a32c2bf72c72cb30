package io.barnabas.metadata.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What reassignments do to the image. */
class ReassignmentRulesTest {

    private static final UUID TOPIC = new UUID(7, 7);
    private MetadataImage image = cluster(6, List.of(1, 2, 3));
    private long index = 100;

    private static MetadataImage cluster(int nodes, List<Integer> replicas) {
        MetadataImage image = accepted(MetadataImage.EMPTY, new MetadataCommand.InitCluster("c"), 1);
        for (int id = 1; id <= nodes; id++) {
            image = accepted(
                    image,
                    new MetadataCommand.RegisterNode(
                            "c", id, new UUID(0, id), List.of(), "m:" + id, "p:" + id, Optional.empty()),
                    1 + id);
        }
        return accepted(
                image, new MetadataCommand.CreateTopic(TOPIC, "orders", 0, 0, List.of(replicas), Map.of()), nodes + 2);
    }

    private static MetadataImage accepted(MetadataImage image, MetadataCommand command, long index) {
        return ((Outcome.Changed) MetadataRules.apply(image, command, index)).image();
    }

    private Optional<Refusal> propose(MetadataCommand command) {
        return switch (MetadataRules.apply(image, command, ++index)) {
            case Outcome.Changed changed -> {
                image = changed.image();
                yield Optional.empty();
            }
            case Outcome.Refused refused -> Optional.of(refused.reason());
        };
    }

    private Optional<Refusal> reassign(Integer... target) {
        return propose(new MetadataCommand.ReassignPartition(TOPIC, 0, List.of(target), true));
    }

    private Optional<Refusal> finish() {
        long since = partition().reassignment().map(Reassignment::since).orElse(-1L);
        return propose(new MetadataCommand.ReassignmentsFinished(
                List.of(new MetadataCommand.FinishedReassignment(TOPIC, 0, since))));
    }

    private PartitionInfo partition() {
        return image.topic(TOPIC).orElseThrow().partitions().getFirst();
    }

    @Test
    void replicasThatLeaveStayUntilTheMoveIsReportedDone() {
        assertThat(reassign(4, 2)).isEmpty();
        assertThat(partition().replicas()).containsExactly(4, 2, 1, 3);
        assertThat(partition().adding()).containsExactly(4);
        assertThat(partition().removing()).containsExactly(1, 3);
        finish();
        assertThat(partition().replicas()).containsExactly(4, 2);
        assertThat(partition().reassignment()).isEmpty();
    }

    @Test
    void anotherTargetKeepsWhatTheFirstMayHaveBroughtIntoTheGroup() {
        reassign(4, 2, 3);
        reassign(5, 2, 3);
        assertThat(partition().replicas()).containsExactly(5, 2, 3, 4, 1);
        assertThat(partition().adding()).containsExactly(5);
        assertThat(partition().removing()).containsExactly(4, 1);
    }

    @Test
    void aCancelledMoveGoesBackAndThenIsOver() {
        assertThat(propose(new MetadataCommand.CancelReassignment(TOPIC, 0)))
                .contains(Refusal.NO_REASSIGNMENT_IN_PROGRESS);
        reassign(4, 5, 6);
        assertThat(propose(new MetadataCommand.CancelReassignment(TOPIC, 0))).isEmpty();
        assertThat(partition().replicas()).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(partition().adding()).isEmpty();
        assertThat(partition().removing()).containsExactly(4, 5, 6);
        finish();
        assertThat(partition()).isEqualTo(new PartitionInfo(0, List.of(1, 2, 3), -1, -1));
    }

    @Test
    void aReportOfAnOlderMoveIsIgnored() {
        reassign(4, 2, 3);
        long first = partition().reassignment().orElseThrow().since();
        reassign(5, 2, 3);
        propose(new MetadataCommand.ReassignmentsFinished(
                List.of(new MetadataCommand.FinishedReassignment(TOPIC, 0, first))));
        assertThat(partition().reassignment()).isPresent();
    }

    @Test
    void anotherOrderIsDoneAtOnce() {
        reassign(3, 1, 2);
        assertThat(partition()).isEqualTo(new PartitionInfo(0, List.of(3, 1, 2), -1, -1));
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThat(reassign()).contains(Refusal.INVALID_REPLICA_ASSIGNMENT);
        assertThat(reassign(1, 1)).contains(Refusal.INVALID_REPLICA_ASSIGNMENT);
        assertThat(reassign(1, 2, 9)).contains(Refusal.INVALID_REPLICA_ASSIGNMENT);
        assertThat(reassign(-1, 2, 3)).contains(Refusal.INVALID_REPLICA_ASSIGNMENT);
        assertThat(propose(new MetadataCommand.ReassignPartition(TOPIC, 0, List.of(1, 2), false)))
                .contains(Refusal.INVALID_REPLICATION_FACTOR);
        assertThat(propose(new MetadataCommand.ReassignPartition(TOPIC, 1, List.of(1, 2, 3), true)))
                .contains(Refusal.UNKNOWN_TOPIC);
        assertThat(propose(new MetadataCommand.CancelReassignment(new UUID(8, 8), 0)))
                .contains(Refusal.UNKNOWN_TOPIC);
        reassign(4, 2, 3);
        assertThat(propose(new MetadataCommand.UnregisterNode(4))).contains(Refusal.NODE_IN_USE);
        assertThat(propose(new MetadataCommand.UnregisterNode(1))).contains(Refusal.NODE_IN_USE);
    }

    private void fence(int node) {
        propose(new MetadataCommand.FenceNode(
                node, image.node(node).orElseThrow().epoch()));
    }

    private Optional<Refusal> recover(int node) {
        return propose(new MetadataCommand.RecoverPartition(TOPIC, 0, node));
    }

    private void elected(int node, int epoch) {
        propose(new MetadataCommand.LeadersElected(List.of(new MetadataCommand.ElectedLeader(TOPIC, 0, node, epoch))));
    }

    @Test
    void aPartitionIsBroughtBackOnlyWithoutItsMajorityAndFromALiveReplica() {
        elected(1, 5);
        assertThat(recover(3)).contains(Refusal.ELECTION_NOT_NEEDED);
        fence(1);
        assertThat(recover(3)).contains(Refusal.ELECTION_NOT_NEEDED);
        fence(2);
        assertThat(recover(2)).contains(Refusal.ELIGIBLE_LEADERS_NOT_AVAILABLE);
        assertThat(recover(4)).contains(Refusal.ELIGIBLE_LEADERS_NOT_AVAILABLE);
        assertThat(recover(3)).isEmpty();
        assertThat(partition().replicas()).containsExactly(3);
        assertThat(partition().recovery()).contains(new Recovery(1, 3, List.of(1, 2)));
        assertThat(partition().leader()).isEqualTo(PartitionInfo.NO_LEADER);
        assertThat(recover(3)).contains(Refusal.ELECTION_NOT_NEEDED);
    }

    @Test
    void theReplicasGivenUpLeadNoMore() {
        elected(1, 5);
        fence(1);
        fence(2);
        recover(3);
        elected(2, 9);
        assertThat(partition().leader()).isEqualTo(PartitionInfo.NO_LEADER);
        elected(3, 6);
        assertThat(partition().leader()).isEqualTo(3);
    }

    @Test
    void aMoveThatLostTheMajorityOfEitherSideIsGivenUp() {
        reassign(1, 4, 5);
        fence(4);
        fence(5);
        assertThat(recover(1)).isEmpty();
        assertThat(partition().reassignment()).isEmpty();
        assertThat(partition().recovery().orElseThrow().givenUp()).containsExactly(4, 5, 2, 3);
    }

    /** Whatever is asked and reported in whatever order, no node may drop a replica that can be a member of the group. */
    @Test
    void everyReplicaAskedForStaysUntilAReportSaysOtherwise() throws Exception {
        Seeds.run("reassignments", 1_000, this::askAndReport);
    }

    private void askAndReport(SplittableRandom random) {
        image = cluster(6, List.of(1, 2, 3));
        Set<Integer> possible = new HashSet<>(partition().replicas());
        for (int step = 0; step < 20; step++) {
            switch (random.nextInt(4)) {
                case 0, 1 -> {
                    Integer[] target = random.ints(random.nextInt(1, 5), 1, 7)
                            .distinct()
                            .boxed()
                            .toArray(Integer[]::new);
                    assertThat(reassign(target)).isEmpty();
                    possible.addAll(List.of(target));
                }
                case 2 -> propose(new MetadataCommand.CancelReassignment(TOPIC, 0));
                default -> {
                    if (partition().reassignment().isPresent()) {
                        finish();
                        possible = new HashSet<>(partition().wanted());
                    }
                }
            }
            PartitionInfo partition = partition();
            assertThat(partition.replicas())
                    .containsExactlyInAnyOrderElementsOf(possible)
                    .startsWith(partition.wanted().toArray(Integer[]::new));
        }
    }
}
