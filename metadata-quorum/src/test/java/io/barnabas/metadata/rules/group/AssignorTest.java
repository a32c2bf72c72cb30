package io.barnabas.metadata.rules.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.metadata.rules.Seeds;
import io.barnabas.metadata.rules.group.Assignor.Subscriber;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class AssignorTest {

    private static final Assignor UNIFORM = new UniformAssignor();
    private static final Assignor RANGE = new RangeAssignor();

    private static UUID topic(int number) {
        return new UUID(number * 0x9E3779B97F4A7C15L, number);
    }

    private static Subscriber subscriber(Map<UUID, Set<Integer>> current, UUID... topics) {
        return new Subscriber(Optional.empty(), Set.of(topics), current);
    }

    @Test
    void uniformKeepsWhatItCanWhenOneJoins() {
        Map<String, Subscriber> members = Map.of(
                "a", subscriber(Map.of(topic(1), Set.of(0, 1, 2)), topic(1)),
                "b", subscriber(Map.of(topic(1), Set.of(3, 4, 5)), topic(1)),
                "c", subscriber(Map.of(), topic(1)));
        var result = UNIFORM.assign(members, Map.of(topic(1), 6));
        assertThat(result)
                .isEqualTo(Map.of(
                        "a", Map.of(topic(1), Set.of(0, 1)),
                        "b", Map.of(topic(1), Set.of(3, 4)),
                        "c", Map.of(topic(1), Set.of(2, 5))));
    }

    @Test
    void uniformPassesPartitionsAlongAChainOfSubscriptions() {
        // a and c share no topic: only by way of b can a's surplus reach c.
        Map<String, Subscriber> members = Map.of(
                "a", subscriber(Map.of(topic(1), Set.of(0, 1, 2)), topic(1)),
                "b", subscriber(Map.of(topic(2), Set.of(0, 1)), topic(1), topic(2)),
                "c", subscriber(Map.of(topic(2), Set.of(2)), topic(2)));
        var result = UNIFORM.assign(members, Map.of(topic(1), 3, topic(2), 3));
        assertThat(result.values()).allSatisfy(held -> assertThat(load(held)).isEqualTo(2));
    }

    @Test
    void rangeGivesEqualNumbersOfEqualTopics() {
        Map<String, Subscriber> members = Map.of(
                "a", subscriber(Map.of(), topic(1), topic(2)),
                "b", subscriber(Map.of(), topic(1), topic(2)));
        var result = RANGE.assign(members, Map.of(topic(1), 3, topic(2), 3));
        assertThat(result)
                .isEqualTo(Map.of(
                        "a", Map.of(topic(1), Set.of(0, 1), topic(2), Set.of(0, 1)),
                        "b", Map.of(topic(1), Set.of(2), topic(2), Set.of(2))));
    }

    @Test
    void rangePutsStaticMembersFirstInTheOrderOfTheirInstanceIds() {
        Map<String, Subscriber> members = Map.of(
                "a", subscriber(Map.of(), topic(1)),
                "x", new Subscriber(Optional.of("2"), Set.of(topic(1)), Map.of()),
                "y", new Subscriber(Optional.of("1"), Set.of(topic(1)), Map.of()));
        var result = RANGE.assign(members, Map.of(topic(1), 3));
        assertThat(result)
                .isEqualTo(Map.of(
                        "y", Map.of(topic(1), Set.of(0)),
                        "x", Map.of(topic(1), Set.of(1)),
                        "a", Map.of(topic(1), Set.of(2))));
    }

    @Test
    void rangeSplitsEveryTopicEvenlyAndContiguously() throws Exception {
        Seeds.run("range", 2_000, random -> {
            Map<UUID, Integer> counts = counts(random);
            Map<String, Subscriber> members = members(random, counts, random.nextBoolean());
            var result = RANGE.assign(members, counts);
            checkValid(members, counts, result);
            counts.keySet().forEach(topic -> {
                List<Integer> sizes = members.keySet().stream()
                        .filter(id -> members.get(id).topics().contains(topic))
                        .map(id -> result.get(id).getOrDefault(topic, Set.of()).size())
                        .toList();
                assertThat(sizes.stream().mapToInt(size -> size).max().orElse(0)
                                - sizes.stream().mapToInt(size -> size).min().orElse(0))
                        .isLessThanOrEqualTo(1);
                result.values().forEach(held -> {
                    Set<Integer> range = held.getOrDefault(topic, Set.of());
                    if (!range.isEmpty()) {
                        int low = range.stream().mapToInt(p -> p).min().orElseThrow();
                        int high = range.stream().mapToInt(p -> p).max().orElseThrow();
                        assertThat(high - low + 1).isEqualTo(range.size());
                    }
                });
            });
        });
    }

    @Test
    void uniformIsBalancedAndMovesNoMoreThanItMust() throws Exception {
        Seeds.run("uniform", 2_000, random -> {
            Map<UUID, Integer> counts = counts(random);
            boolean alike = random.nextBoolean();
            Map<String, Subscriber> members = members(random, counts, alike);
            var result = UNIFORM.assign(members, counts);
            checkValid(members, counts, result);
            checkNothingCanImprove(members, result);
            if (alike) {
                checkLeastMovement(members, counts, result);
            }
            assertThat(UNIFORM.assign(withCurrent(members, result), counts))
                    .as("a balanced assignment stays")
                    .isEqualTo(result);

            // One leaves: what the others have stays theirs.
            if (members.size() > 1) {
                Map<String, Subscriber> fewer = new TreeMap<>(withCurrent(members, result));
                fewer.remove(fewer.keySet().iterator().next());
                var after = UNIFORM.assign(fewer, counts);
                checkValid(fewer, counts, after);
                checkNothingCanImprove(fewer, after);
                if (alike) {
                    fewer.forEach((id, member) -> member.current()
                            .forEach((topic, partitions) ->
                                    assertThat(after.get(id).get(topic)).containsAll(partitions)));
                }
            }
        });
    }

    private static Map<UUID, Integer> counts(SplittableRandom random) {
        Map<UUID, Integer> counts = new HashMap<>();
        int topics = 1 + random.nextInt(5);
        for (int i = 0; i < topics; i++) {
            counts.put(topic(i), 1 + random.nextInt(12));
        }
        return counts;
    }

    /** Members with a random, valid, perhaps lopsided and outdated assignment. */
    private static Map<String, Subscriber> members(SplittableRandom random, Map<UUID, Integer> counts, boolean alike) {
        int count = 1 + random.nextInt(8);
        Set<UUID> common = someOf(random, counts.keySet());
        Map<String, Set<UUID>> topics = new TreeMap<>();
        Map<String, Map<UUID, Set<Integer>>> current = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            Set<UUID> chosen = alike ? new HashSet<>(common) : someOf(random, counts.keySet());
            topics.put("m" + i, chosen);
            current.put("m" + i, new HashMap<>());
        }
        counts.forEach((topic, partitions) -> {
            // One partition more than exists: the topic was deleted and created anew, smaller.
            for (int partition = 0; partition <= partitions; partition++) {
                if (random.nextInt(4) > 0) {
                    current.get("m" + random.nextInt(count))
                            .computeIfAbsent(topic, any -> new HashSet<>())
                            .add(partition);
                }
            }
        });
        Map<String, Subscriber> members = new TreeMap<>();
        topics.forEach((id, chosen) -> {
            chosen.add(new UUID(7, 7)); // a topic that does not exist
            members.put(
                    id,
                    new Subscriber(
                            random.nextBoolean() ? Optional.of("i" + id) : Optional.empty(), chosen, current.get(id)));
        });
        return members;
    }

    private static Set<UUID> someOf(SplittableRandom random, Set<UUID> all) {
        Set<UUID> some = new HashSet<>();
        all.forEach(topic -> {
            if (random.nextInt(3) > 0) {
                some.add(topic);
            }
        });
        return some;
    }

    private static Map<String, Subscriber> withCurrent(
            Map<String, Subscriber> members, Map<String, Map<UUID, Set<Integer>>> assignment) {
        Map<String, Subscriber> changed = new TreeMap<>();
        members.forEach((id, member) ->
                changed.put(id, new Subscriber(member.instanceId(), member.topics(), assignment.get(id))));
        return changed;
    }

    private static int load(Map<UUID, Set<Integer>> held) {
        return held.values().stream().mapToInt(Set::size).sum();
    }

    /** Each partition with a subscriber has exactly one owner, and that is a subscriber. */
    static void checkValid(
            Map<String, Subscriber> members,
            Map<UUID, Integer> counts,
            Map<String, Map<UUID, Set<Integer>>> assignment) {
        assertThat(assignment.keySet()).isEqualTo(members.keySet());
        Map<UUID, Set<Integer>> seen = new HashMap<>();
        assignment.forEach((id, held) -> held.forEach((topic, partitions) -> {
            assertThat(members.get(id).topics()).contains(topic);
            partitions.forEach(partition -> assertThat(
                            seen.computeIfAbsent(topic, any -> new HashSet<>()).add(partition))
                    .as("%s-%d has one owner", topic, partition)
                    .isTrue());
        }));
        counts.forEach((topic, partitions) -> {
            boolean wanted =
                    members.values().stream().anyMatch(member -> member.topics().contains(topic));
            assertThat(seen.getOrDefault(topic, Set.of())).hasSize(wanted ? partitions : 0);
        });
    }

    /** No chain of hand-overs leads from a member to one that has at least two partitions fewer. */
    static void checkNothingCanImprove(
            Map<String, Subscriber> members, Map<String, Map<UUID, Set<Integer>>> assignment) {
        for (String first : members.keySet()) {
            Set<String> reached = new HashSet<>(Set.of(first));
            ArrayDeque<String> next = new ArrayDeque<>(reached);
            while (!next.isEmpty()) {
                Set<UUID> held = assignment.get(next.poll()).keySet();
                members.forEach((id, member) -> {
                    if (member.topics().stream().anyMatch(held::contains) && reached.add(id)) {
                        next.add(id);
                    }
                });
            }
            assertThat(reached)
                    .allSatisfy(id -> assertThat(load(assignment.get(id)))
                            .isGreaterThanOrEqualTo(load(assignment.get(first)) - 1));
        }
    }

    private static void checkLeastMovement(
            Map<String, Subscriber> members,
            Map<UUID, Integer> counts,
            Map<String, Map<UUID, Set<Integer>>> assignment) {
        int all = assignment.values().stream().mapToInt(AssignorTest::load).sum();
        int share = all / members.size();
        int odd = all % members.size();
        int couldStay = 0;
        int stayed = 0;
        for (var member : members.entrySet()) {
            int valid = 0;
            for (var held : member.getValue().current().entrySet()) {
                if (member.getValue().topics().contains(held.getKey())) {
                    for (int partition : held.getValue()) {
                        valid += partition < counts.get(held.getKey()) ? 1 : 0;
                        stayed += assignment
                                        .get(member.getKey())
                                        .getOrDefault(held.getKey(), Set.of())
                                        .contains(partition)
                                ? 1
                                : 0;
                    }
                }
            }
            couldStay += Math.min(valid, share);
            if (valid > share && odd > 0) {
                couldStay++;
                odd--;
            }
        }
        assertThat(stayed).isEqualTo(couldStay);
    }
}
