package io.barnabas.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How long a group of stock consumers takes until every partition has one of them again. */
@Command(
        name = "rebalance",
        description = {
            "Time a consumer group: gathering, one member more, one member less.",
            "A time ends when every partition belongs to exactly one member and all have their share."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  barnabas bench rebalance --members 3,30,100 --protocol consumer"})
final class BenchRebalanceCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterClient cluster;

    @Mixin
    private Output output;

    @Option(
            names = "--members",
            split = ",",
            defaultValue = "3,30,100",
            description = "Sizes of the group (default: ${DEFAULT-VALUE}).")
    private List<Integer> sizes;

    @Option(
            names = "--protocol",
            defaultValue = "classic",
            description = "classic or consumer (default: ${DEFAULT-VALUE}).")
    private String protocol;

    @Option(
            names = "--rounds",
            defaultValue = "3",
            description = "Times that a member joins and leaves (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--partitions",
            defaultValue = "120",
            description = "Partitions of the topic (default: ${DEFAULT-VALUE}).")
    private int partitions;

    @Override
    public void run() {
        List<Map<String, Object>> rows = new ArrayList<>();
        // One replica: what is measured are groups, not the log.
        try (BenchTopic topic = new BenchTopic(cluster, partitions, (short) 1)) {
            for (int size : sizes) {
                rows.add(measure(topic, size));
            }
        }
        output.rows(spec.commandLine().getOut(), rows);
    }

    private Map<String, Object> measure(BenchTopic topic, int size) {
        try (BenchGroup group = new BenchGroup(cluster, topic, protocol, consumer -> {})) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("members", size);
            row.put("gather ms", group.grow(size).toMillis());
            List<Duration> joins = new ArrayList<>();
            List<Duration> leaves = new ArrayList<>();
            for (int round = 0; round < rounds; round++) {
                joins.add(group.grow(size + 1));
                leaves.add(group.shrink());
            }
            row.put("one joins ms", median(joins));
            row.put("one leaves ms", median(leaves));
            return row;
        }
    }

    private static long median(List<Duration> times) {
        return times.stream().sorted().toList().get(times.size() / 2).toMillis();
    }
}
