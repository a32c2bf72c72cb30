package io.barnabas.chaos.run;

import io.barnabas.chaos.rules.plan.Victim;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;

/** Finds out whom a fault hits at this moment, by asking the cluster as any client can. */
final class Victims {

    private static final long TIMEOUT_MS = 3_000;

    private final Admin admin;
    private final Supplier<Set<Integer>> members;

    /** @param members the ids of the nodes that belong to the cluster now, in their order */
    Victims(Admin admin, Supplier<Set<Integer>> members) {
        this.admin = admin;
        this.members = members;
    }

    /**
     * Who it is.
     *
     * @param why in words: what was found, or that nothing was
     */
    record Found(List<Integer> nodes, String why) {

        Found {
            nodes = List.copyOf(nodes);
        }
    }

    /**
     * A partition with where it is.
     *
     * @param inSync how many of the replicas are
     */
    record Replicas(TopicPartition partition, int leader, List<Integer> replicas, int inSync) {}

    /**
     * Looks for the victim. When the cluster does not say, or says one to avoid, it is another node.
     *
     * @param avoid nodes that something has befallen already
     * @return without nodes when all are to be avoided
     */
    Found find(Victim victim, Set<Integer> avoid) {
        List<Integer> nodes = List.copyOf(members.get());
        Found found = switch (victim) {
            case Victim.Node node -> new Found(List.of(nodes.get((node.id() - 1) % nodes.size())), "");
            case Victim.Leader leader -> leader(leader.draw());
            case Victim.Follower follower -> follower(follower.draw());
            case Victim.MetadataLeader leader -> metadataLeader();
            case Victim.Coordinator coordinator -> coordinator(coordinator.draw());
            case Victim.Majority majority ->
                new Found(successive(nodes, majority.draw(), victim.count(nodes.size())), "a majority");
            case Victim.Everyone everyone -> new Found(nodes, "all nodes");
        };
        List<Integer> left =
                found.nodes().stream().filter(node -> !avoid.contains(node)).toList();
        if (!left.isEmpty()) {
            return new Found(left, found.why());
        }
        return nodes.stream()
                .filter(node -> !avoid.contains(node))
                .map(node -> new Found(List.of(node), instead(found)))
                .findFirst()
                .orElseGet(() -> new Found(List.of(), "nobody is left"));
    }

    private static String instead(Found found) {
        return "instead of "
                + (found.nodes().isEmpty()
                        ? "one that nobody knows"
                        : "node " + found.nodes().getFirst());
    }

    private static List<Integer> successive(List<Integer> nodes, int draw, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> nodes.get((draw + i) % nodes.size()))
                .toList();
    }

    private Found leader(int draw) {
        return partition(draw)
                .filter(partition -> partition.leader() > 0)
                .map(partition -> new Found(List.of(partition.leader()), "leads " + partition.partition()))
                .orElseGet(Victims::unknown);
    }

    private Found follower(int draw) {
        return partition(draw)
                .flatMap(partition -> partition.replicas().stream()
                        .filter(replica -> replica != partition.leader())
                        .skip(draw % Math.max(1, partition.replicas().size() - 1))
                        .findFirst()
                        .map(replica -> new Found(List.of(replica), "follows " + partition.partition())))
                .orElseGet(Victims::unknown);
    }

    private Found metadataLeader() {
        return ask(admin.describeMetadataQuorum().quorumInfo())
                .filter(quorum -> quorum.leaderId() > 0)
                .map(quorum -> new Found(List.of(quorum.leaderId()), "leads the metadata"))
                .orElseGet(Victims::unknown);
    }

    private Found coordinator(int draw) {
        List<String> groups =
                ask(admin.listGroups(ListGroupsOptions.forConsumerGroups()).valid()).orElse(List.of()).stream()
                        .map(GroupListing::groupId)
                        .sorted()
                        .toList();
        if (groups.isEmpty()) {
            return unknown();
        }
        String group = groups.get(draw % groups.size());
        return ask(admin.describeConsumerGroups(List.of(group))
                        .describedGroups()
                        .get(group))
                .map(description -> description.coordinator())
                .filter(node -> node != null && !node.isEmpty())
                .map(node -> new Found(List.of(node.id()), "coordinates group " + group))
                .orElseGet(Victims::unknown);
    }

    private static Found unknown() {
        return new Found(List.of(), "");
    }

    /** One of all partitions. */
    Optional<Replicas> partition(int draw) {
        List<Replicas> all = partitions();
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(draw % all.size()));
    }

    /** All partitions by their names, with leader 0 for one that has none; empty when the cluster does not say. */
    List<Replicas> partitions() {
        Optional<Set<String>> names = ask(admin.listTopics().names());
        if (names.isEmpty()) {
            return List.of();
        }
        Map<String, KafkaFuture<TopicDescription>> topics =
                admin.describeTopics(new TreeSet<>(names.get())).topicNameValues();
        List<Replicas> all = new ArrayList<>();
        topics.forEach((name, topic) -> ask(topic).ifPresent(description -> {
            for (TopicPartitionInfo partition : description.partitions()) {
                Node leader = partition.leader();
                all.add(new Replicas(
                        new TopicPartition(name, partition.partition()),
                        leader == null || leader.isEmpty() ? 0 : leader.id(),
                        partition.replicas().stream().map(Node::id).toList(),
                        partition.isr().size()));
            }
        }));
        all.sort(Comparator.comparing(replicas -> replicas.partition().toString()));
        return all;
    }

    /** The nodes that the cluster takes for alive. */
    Set<Integer> live() {
        return ask(admin.describeCluster().nodes()).orElse(List.of()).stream()
                .map(Node::id)
                .collect(Collectors.toSet());
    }

    /** The voters of the metadata quorum; none when the cluster does not say. */
    Set<Integer> voters() {
        return ask(admin.describeMetadataQuorum().quorumInfo()).map(QuorumInfo::voters).orElse(List.of()).stream()
                .map(QuorumInfo.ReplicaState::replicaId)
                .collect(Collectors.toSet());
    }

    /**
     * What the cluster lacks until all its nodes live, the leader of every partition answers, and all replicas are in
     * sync; in words, and nothing when it is whole.
     */
    Optional<String> lacking() {
        Set<Integer> dead = new TreeSet<>(members.get());
        dead.removeAll(live());
        if (!dead.isEmpty()) {
            return Optional.of("nodes " + dead + " are not alive");
        }
        List<Replicas> shown = partitions();
        Optional<String> behind = shown.stream()
                .filter(partition -> partition.inSync() < partition.replicas().size())
                .findFirst()
                .map(partition -> partition.partition() + " has " + partition.inSync() + " of "
                        + partition.replicas().size() + " replicas in sync");
        if (behind.isPresent()) {
            return behind;
        }
        Map<TopicPartition, OffsetSpec> all = new HashMap<>();
        shown.forEach(replicas -> all.put(replicas.partition(), OffsetSpec.latest()));
        ListOffsetsResult answers = admin.listOffsets(all, new ListOffsetsOptions().timeoutMs((int) TIMEOUT_MS));
        Set<TopicPartition> silent = all.keySet().stream()
                .filter(partition -> ask(answers.partitionResult(partition)).isEmpty())
                .collect(Collectors.toSet());
        if (silent.isEmpty()) {
            return Optional.empty();
        }
        // One that somebody has deleted meanwhile is not missed.
        return partitions().stream()
                .map(Replicas::partition)
                .filter(silent::contains)
                .findFirst()
                .map(partition -> "the leader of " + partition + " does not answer");
    }

    private static <T> Optional<T> ask(KafkaFuture<T> answer) {
        try {
            return Optional.ofNullable(answer.get(TIMEOUT_MS, TimeUnit.MILLISECONDS));
        } catch (ExecutionException | TimeoutException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
