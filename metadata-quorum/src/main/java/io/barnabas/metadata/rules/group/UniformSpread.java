package io.barnabas.metadata.rules.group;

import io.barnabas.metadata.rules.group.Assignor.Subscriber;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** One run of the {@link UniformAssignor}: who holds what while it is worked out. */
final class UniformSpread {

    /** A member and what it holds so far, by topic. */
    private static final class Holder {
        final String id;
        final Subscriber subscriber;
        final TreeMap<UUID, TreeSet<Integer>> held = new TreeMap<>();
        int load;

        Holder(String id, Subscriber subscriber) {
            this.id = id;
            this.subscriber = subscriber;
        }

        void take(UUID topic, int partition) {
            held.computeIfAbsent(topic, any -> new TreeSet<>()).add(partition);
            load++;
        }

        void drop(UUID topic, int partition) {
            TreeSet<Integer> partitions = held.get(topic);
            partitions.remove(partition);
            if (partitions.isEmpty()) {
                held.remove(topic);
            }
            load--;
        }

        /** A partition of the topic to part with: one that it has only just got, if there is any. */
        int leastMissed(UUID topic) {
            Set<Integer> before = subscriber.current().getOrDefault(topic, Set.of());
            TreeSet<Integer> now = held.get(topic);
            return now.stream()
                    .filter(partition -> !before.contains(partition))
                    .findFirst()
                    .orElseGet(now::last);
        }
    }

    /** How a holder was reached while looking for one who can take more. */
    private record Hop(Holder from, UUID topic) {}

    private static final Comparator<Holder> LEAST_FIRST =
            Comparator.<Holder>comparingInt(holder -> holder.load).thenComparing(holder -> holder.id);

    private final List<Holder> holders = new ArrayList<>();
    private final TreeMap<UUID, List<Holder>> subscribers = new TreeMap<>();
    private final TreeMap<UUID, TreeSet<Integer>> free = new TreeMap<>();

    /** Begins with what the members have and may keep. */
    UniformSpread(Map<String, Subscriber> members, Map<UUID, Integer> partitionCounts) {
        new TreeMap<>(members).forEach((id, subscriber) -> holders.add(new Holder(id, subscriber)));
        for (Holder holder : holders) {
            for (UUID topic : holder.subscriber.topics()) {
                if (partitionCounts.containsKey(topic)) {
                    subscribers.computeIfAbsent(topic, any -> new ArrayList<>()).add(holder);
                }
            }
        }
        for (UUID topic : subscribers.keySet()) {
            TreeSet<Integer> partitions = new TreeSet<>();
            for (int partition = 0; partition < partitionCounts.get(topic); partition++) {
                partitions.add(partition);
            }
            free.put(topic, partitions);
        }
        for (Holder holder : holders) {
            holder.subscriber.current().forEach((topic, partitions) -> {
                if (holder.subscriber.topics().contains(topic) && free.containsKey(topic)) {
                    for (int partition : partitions) {
                        if (free.get(topic).remove(partition)) {
                            holder.take(topic, partition);
                        }
                    }
                }
            });
        }
    }

    /**
     * For members with equal subscriptions: takes from each what is above its fair share. Those who have more than the
     * share rounded down are the first to be granted one of the odd partitions.
     */
    void trimToQuota() {
        int all = holders.stream().mapToInt(holder -> holder.load).sum()
                + free.values().stream().mapToInt(Set::size).sum();
        if (holders.isEmpty()) {
            return;
        }
        int share = all / holders.size();
        int odd = all % holders.size();
        for (Holder holder : holders) {
            int allowed = share;
            if (holder.load > share && odd > 0) {
                allowed++;
                odd--;
            }
            while (holder.load > allowed) {
                UUID topic = fullest(holder);
                int partition = holder.held.get(topic).last();
                holder.drop(topic, partition);
                free.get(topic).add(partition);
            }
        }
    }

    /** The topic of which it holds most: to part with that keeps each topic spread over many. */
    private static UUID fullest(Holder holder) {
        return holder.held.entrySet().stream()
                .max(Comparator.comparingInt(entry -> entry.getValue().size()))
                .orElseThrow()
                .getKey();
    }

    /** Gives what nobody holds to whoever holds least; topics with few subscribers have fewest choices and go first. */
    void placeFree() {
        List<UUID> order = new ArrayList<>(free.keySet());
        order.sort(Comparator.comparingInt(topic -> subscribers.get(topic).size()));
        List<Holder> queued = null;
        PriorityQueue<Holder> queue = new PriorityQueue<>(LEAST_FIRST);
        for (UUID topic : order) {
            if (free.get(topic).isEmpty()) {
                continue;
            }
            // Equal subscriber lists share one queue, whose order stays true while only its head changes.
            if (!subscribers.get(topic).equals(queued)) {
                queued = subscribers.get(topic);
                queue.clear();
                queue.addAll(queued);
            }
            for (int partition : free.get(topic)) {
                Holder least = queue.poll();
                least.take(topic, partition);
                queue.add(least);
            }
            free.get(topic).clear();
        }
    }

    /**
     * Evens the loads out, the heaviest first: along a chain of holders, each passes one partition to the next, if the
     * last one has at least two fewer than the first. A holder without such a chain is done for good, since all it can
     * reach are about as loaded as itself.
     */
    void even() {
        PriorityQueue<Holder> heaviest = new PriorityQueue<>(LEAST_FIRST.reversed());
        heaviest.addAll(holders);
        while (!heaviest.isEmpty()) {
            Holder first = heaviest.poll();
            Map<Holder, Hop> hops = new HashMap<>();
            Holder last = findLighter(first, hops);
            if (last != null) {
                boolean waits = heaviest.remove(last);
                for (Holder to = last; to != first; to = hops.get(to).from()) {
                    Hop hop = hops.get(to);
                    int partition = hop.from().leastMissed(hop.topic());
                    hop.from().drop(hop.topic(), partition);
                    to.take(hop.topic(), partition);
                }
                heaviest.add(first);
                if (waits) {
                    heaviest.add(last);
                }
            }
        }
    }

    /** The nearest holder with at least two partitions fewer that can be reached, or null; fills in the way to it. */
    private Holder findLighter(Holder first, Map<Holder, Hop> hops) {
        Set<UUID> seenTopics = new HashSet<>();
        ArrayDeque<Holder> reached = new ArrayDeque<>(List.of(first));
        while (!reached.isEmpty()) {
            Holder from = reached.poll();
            for (UUID topic : from.held.keySet()) {
                if (!seenTopics.add(topic)) {
                    continue;
                }
                for (Holder to : subscribers.get(topic)) {
                    if (to != first && !hops.containsKey(to)) {
                        hops.put(to, new Hop(from, topic));
                        if (to.load <= first.load - 2) {
                            return to;
                        }
                        reached.add(to);
                    }
                }
            }
        }
        return null;
    }

    Map<String, Map<UUID, Set<Integer>>> result() {
        Map<String, Map<UUID, Set<Integer>>> result = new HashMap<>();
        for (Holder holder : holders) {
            result.put(holder.id, new HashMap<>(holder.held));
        }
        return result;
    }
}
