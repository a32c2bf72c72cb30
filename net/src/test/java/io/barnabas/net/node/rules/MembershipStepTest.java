package io.barnabas.net.node.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.log.GroupMembers;
import io.barnabas.log.GroupMembers.Member;
import io.barnabas.net.node.rules.MembershipStep.Change;
import io.barnabas.net.node.rules.MembershipStep.HandOver;
import io.barnabas.net.node.rules.MembershipStep.Settle;
import io.barnabas.net.node.rules.MembershipStep.Wait;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MembershipStepTest {

    private static final Member WELL = new Member(3, 100);
    private static final Member SILENT = new Member(3, 60_000);
    private static final Member BEHIND = new Member(1_000_000, 10);

    private static GroupMembers group(int leader, Integer... nodes) {
        return new GroupMembers(
                leader, 1, Set.of(nodes).stream().collect(Collectors.toMap(Function.identity(), id -> WELL)));
    }

    @Test
    void oneOfThreeIsReplacedInOneStep() {
        assertThat(MembershipStep.of(group(1, 1, 2, 3), List.of(1, 2, 4))).isEqualTo(new Change(Set.of(1, 2, 4)));
    }

    @Test
    void aLeaderThatLeavesHandsOverToTheFirstThatStaysAndKeepsUp() {
        assertThat(MembershipStep.of(group(3, 1, 2, 3), List.of(4, 2, 1))).isEqualTo(new HandOver(2));
        GroupMembers lagging = new GroupMembers(3, 1, Map.of(1, WELL, 2, SILENT, 3, WELL));
        assertThat(MembershipStep.of(lagging, List.of(4, 2, 1))).isEqualTo(new HandOver(1));
        GroupMembers alone = new GroupMembers(3, 1, Map.of(1, BEHIND, 2, SILENT, 3, WELL));
        assertThat(MembershipStep.of(alone, List.of(4, 2, 1))).isInstanceOf(Wait.class);
    }

    @Test
    void noStepLeavesAMajorityThatDoesNotKeepUp() {
        GroupMembers group = new GroupMembers(1, 1, Map.of(1, WELL, 2, WELL, 3, SILENT));
        assertThat(MembershipStep.of(group, List.of(1, 3))).isInstanceOf(Wait.class);
        assertThat(MembershipStep.of(group, List.of(1, 2))).isEqualTo(new Change(Set.of(1, 2)));
        assertThat(MembershipStep.of(group, List.of(1, 3, 4))).isEqualTo(new Change(Set.of(1, 3, 4)));
    }

    @Test
    void strayMembersGoButMissingOnesAreNotAdded() {
        assertThat(MembershipStep.tidy(group(1, 1, 2), List.of(1, 2, 3))).isEqualTo(new Settle());
        assertThat(MembershipStep.tidy(group(1, 1, 2, 4), List.of(1, 2, 3))).isEqualTo(new Change(Set.of(1, 2)));
        assertThat(MembershipStep.tidy(group(4, 1, 2, 4), List.of(1, 2, 3))).isEqualTo(new HandOver(1));
        assertThat(MembershipStep.tidy(group(4, 4), List.of(1, 2, 3))).isEqualTo(new Settle());
    }

    /** Every way from up to four of six nodes to up to four others, with every leader. */
    @Test
    void everyMoveArrivesAndNeverHasFewerMembersThanBeforeAndAfter() {
        for (Set<Integer> from : sets()) {
            for (Set<Integer> to : sets()) {
                for (int leader : from) {
                    walk(leader, from, List.copyOf(to));
                }
            }
        }
    }

    private static void walk(int firstLeader, Set<Integer> from, List<Integer> wanted) {
        Set<Integer> members = from;
        int leader = firstLeader;
        for (int steps = 0; steps < 12; steps++) {
            MembershipStep step = MembershipStep.of(group(leader, members.toArray(Integer[]::new)), wanted);
            switch (step) {
                case Settle settle -> {
                    assertThat(members).containsExactlyInAnyOrderElementsOf(wanted);
                    assertThat(members).contains(leader);
                    return;
                }
                case HandOver to -> {
                    assertThat(members).contains(to.node());
                    assertThat(wanted).contains(to.node()).doesNotContain(leader);
                    leader = to.node();
                }
                case Change change -> {
                    Set<Integer> before = members;
                    long joining = change.members().stream()
                            .filter(id -> !before.contains(id))
                            .count();
                    long known = change.members().size() - joining;
                    assertThat(joining < known
                                    || (before.size() == 1 && change.members().size() == 2))
                            .as("Raft takes %s to %s", before, change.members())
                            .isTrue();
                    assertThat(change.members()).contains(leader);
                    assertThat(change.members().size()).isGreaterThanOrEqualTo(Math.min(from.size(), wanted.size()));
                    members = change.members();
                }
                case Wait wait -> throw new AssertionError(wait);
            }
        }
        throw new AssertionError("does not arrive from " + from + " at " + wanted);
    }

    private static List<Set<Integer>> sets() {
        List<Set<Integer>> sets = new ArrayList<>();
        for (int bits = 1; bits < 64; bits++) {
            int mask = bits;
            Set<Integer> set = IntStream.range(0, 6)
                    .filter(id -> (mask & 1 << id) != 0)
                    .boxed()
                    .collect(Collectors.toCollection(TreeSet::new));
            if (set.size() <= 4) {
                sets.add(set);
            }
        }
        return sets;
    }
}
