package io.barnabas.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ElectionNotNeededException;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Hands the lead of partitions to their preferred replicas. */
@Command(
        name = "elect",
        description = {
            "Hand the lead of partitions to their preferred replicas, the first that 'topic describe' shows.",
            "Fails when one of them is not up to date; the others lead all the same."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Examples:", "  barnabas partition elect orders:0", "  barnabas partition elect --all"})
final class PartitionElectCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterClient cluster;

    @Mixin
    private Output output;

    @ArgGroup(multiplicity = "1")
    private Which which;

    /** Which partitions. */
    static final class Which {

        @Parameters(
                paramLabel = "TOPIC[:P]",
                converter = PartitionRef.Converter.class,
                description = "A topic, or one partition of it.")
        private PartitionRef wanted;

        @Option(names = "--all", description = "Every partition of the cluster.")
        private boolean all;
    }

    @Override
    public void run() {
        try (Admin admin = cluster.admin()) {
            Map<TopicPartition, Optional<Throwable>> outcomes =
                    cluster.get(admin.electLeaders(ElectionType.PREFERRED, which.all ? null : named(admin))
                            .partitions());
            List<Map<String, Object>> rows = new ArrayList<>();
            outcomes.entrySet().stream()
                    .sorted(Map.Entry.comparingByKey(
                            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition)))
                    .forEach(outcome -> rows.add(row(outcome.getKey(), outcome.getValue())));
            output.rows(spec.commandLine().getOut(), rows);
            long failed = outcomes.values().stream()
                    .filter(error -> error.filter(e -> !(e instanceof ElectionNotNeededException))
                            .isPresent())
                    .count();
            if (failed > 0) {
                throw new CommandFailedException(
                        failed + " of " + outcomes.size()
                                + " partitions are not led by their preferred replicas; 'partition describe' shows what those lack");
            }
        }
    }

    private Set<TopicPartition> named(Admin admin) {
        String topic = which.wanted.topic();
        if (which.wanted.partition().isPresent()) {
            return Set.of(new TopicPartition(topic, which.wanted.partition().getAsInt()));
        }
        TopicDescription described = cluster.get(
                admin.describeTopics(List.of(topic)).topicNameValues().get(topic));
        return IntStream.range(0, described.partitions().size())
                .mapToObj(number -> new TopicPartition(topic, number))
                .collect(Collectors.toSet());
    }

    private static Map<String, Object> row(TopicPartition partition, Optional<Throwable> error) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("partition", partition.topic() + ":" + partition.partition());
        row.put(
                "outcome",
                error.map(e -> e instanceof ElectionNotNeededException ? "led already" : "failed: " + Failures.line(e))
                        .orElse("elected"));
        return row;
    }
}
