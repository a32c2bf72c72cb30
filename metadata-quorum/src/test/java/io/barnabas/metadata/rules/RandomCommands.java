package io.barnabas.metadata.rules;

import io.barnabas.metadata.rules.group.GroupShards;
import io.barnabas.metadata.rules.group.RandomRecords;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.Stream;

/** Draws commands that fit an image more often than not, and some that do not. */
public final class RandomCommands {

    public static final String CLUSTER = "cluster";

    private static final int NODES = 6;

    private final SplittableRandom random;

    public RandomCommands(SplittableRandom random) {
        this.random = random;
    }

    /** The next command; {@code image} lends it ids, names and epochs that exist. */
    public MetadataCommand next(MetadataImage image) {
        return switch (random.nextInt(22)) {
            case 0 -> new MetadataCommand.InitCluster(random.nextInt(4) == 0 ? text() : CLUSTER);
            case 1, 2 -> register();
            case 3 -> new MetadataCommand.FenceNode(node(), epoch(image));
            case 4 -> new MetadataCommand.UnfenceNode(node(), epoch(image));
            case 5 -> new MetadataCommand.UnregisterNode(node());
            case 6, 7 -> createTopic();
            case 8 -> new MetadataCommand.CreatePartitions(topicName(image), random.nextInt(12), assignments());
            case 9 -> new MetadataCommand.DeleteTopic(topicId(image));
            case 10 -> new MetadataCommand.AlterConfigs(resource(image), configs(), List.of(text(), text()));
            case 11, 12 -> leaders(image);
            case 13 ->
                new MetadataCommand.ReassignPartition(
                        topicId(image), random.nextInt(-1, 5), target(), random.nextBoolean());
            case 14 -> new MetadataCommand.CancelReassignment(topicId(image), random.nextInt(-1, 5));
            case 15 -> finished(image);
            case 20 -> new MetadataCommand.NodeCaughtUp(node(), epoch(image));
            case 19 -> new MetadataCommand.RecoverPartition(topicId(image), random.nextInt(-1, 5), node());
            case 16 ->
                new MetadataCommand.RenewCoordinators(
                        node(), epoch(image), List.of(random.nextInt(70), random.nextInt(70)));
            case 17, 18 -> groupRecords(image);
            default -> new MetadataCommand.AllocateProducerIds(node(), random.nextInt(1000));
        };
    }

    private MetadataCommand register() {
        return new MetadataCommand.RegisterNode(
                random.nextInt(8) == 0 ? text() : CLUSTER,
                node(),
                new UUID(0, random.nextInt(20)),
                List.of(
                        new Endpoint("PLAINTEXT", "127.0.0.1", random.nextInt(65_536)),
                        new Endpoint(text(), text(), random.nextInt(65_536))),
                text() + ":" + random.nextInt(65_536),
                text() + ":" + random.nextInt(65_536),
                random.nextBoolean()
                        ? Optional.of(random.nextBoolean() ? "" : "rack-" + random.nextInt(3))
                        : Optional.empty());
    }

    private MetadataCommand createTopic() {
        return new MetadataCommand.CreateTopic(
                new UUID(random.nextLong(), random.nextLong()),
                random.nextInt(10) == 0 ? text() + "!" : "topic-" + random.nextInt(20),
                random.nextInt(9),
                random.nextInt(5),
                assignments(),
                configs());
    }

    private MetadataCommand leaders(MetadataImage image) {
        List<MetadataCommand.ElectedLeader> reports = new ArrayList<>();
        for (int i = random.nextInt(5); i >= 0; i--) {
            reports.add(new MetadataCommand.ElectedLeader(
                    topicId(image), random.nextInt(-1, 9), node(), random.nextInt(50)));
        }
        return new MetadataCommand.LeadersElected(List.copyOf(reports));
    }

    private List<Integer> target() {
        return random.ints(random.nextInt(4), 0, NODES).boxed().toList();
    }

    private MetadataCommand finished(MetadataImage image) {
        return new MetadataCommand.ReassignmentsFinished(image.topics().values().stream()
                .flatMap(topic -> topic.partitions().stream()
                        .filter(partition -> random.nextBoolean())
                        .map(partition -> new MetadataCommand.FinishedReassignment(
                                topic.id(),
                                partition.partition(),
                                partition
                                        .reassignment()
                                        .map(Reassignment::since)
                                        .orElse(random.nextLong(100)))))
                .toList());
    }

    private MetadataCommand groupRecords(MetadataImage image) {
        List<MetadataCommand.ShardRecords> shards = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            int shard = random.nextInt(-1, 70);
            boolean right = shard >= 0 && shard < GroupShards.COUNT && random.nextInt(4) > 0;
            long epoch = right ? image.coordinators().get(shard).epoch() : random.nextInt(-1, 100);
            RandomRecords records = new RandomRecords(random);
            shards.add(new MetadataCommand.ShardRecords(
                    shard,
                    epoch,
                    Stream.generate(() -> records.next("group-" + shard + "-" + random.nextInt(3)))
                            .limit(random.nextInt(6))
                            .toList()));
        }
        return new MetadataCommand.AppendGroupRecords(List.copyOf(shards));
    }

    private int node() {
        return random.nextInt(NODES);
    }

    private long epoch(MetadataImage image) {
        NodeInfo any = image.nodes().get(node());
        return any == null ? random.nextInt(100) : any.epoch();
    }

    private String topicName(MetadataImage image) {
        List<String> names = List.copyOf(image.topics().keySet());
        return names.isEmpty() || random.nextInt(6) == 0 ? text() : names.get(random.nextInt(names.size()));
    }

    private UUID topicId(MetadataImage image) {
        return image.topic(topicName(image)).map(TopicInfo::id).orElseGet(() -> new UUID(0, random.nextLong()));
    }

    private ConfigResource resource(MetadataImage image) {
        return switch (random.nextInt(3)) {
            case 0 -> new ConfigResource.Topic(topicName(image));
            case 1 -> new ConfigResource.Node(node());
            default -> new ConfigResource.AllNodes();
        };
    }

    private List<List<Integer>> assignments() {
        List<List<Integer>> lists = new ArrayList<>();
        if (random.nextInt(3) == 0) {
            int replicationFactor = random.nextInt(1, 4);
            for (int i = random.nextInt(4); i >= 0; i--) {
                List<Integer> replicas = new ArrayList<>();
                for (int r = 0; r < replicationFactor; r++) {
                    replicas.add((i + r) % NODES);
                }
                lists.add(List.copyOf(replicas));
            }
        }
        return List.copyOf(lists);
    }

    private Map<String, String> configs() {
        Map<String, String> configs = new HashMap<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            configs.put(text(), text());
        }
        return Map.copyOf(configs);
    }

    /** Short, often met again, and not always ASCII. */
    private String text() {
        return List.of("", "a", "retention.ms", "Größe", "日本", "x".repeat(300)).get(random.nextInt(6));
    }
}
