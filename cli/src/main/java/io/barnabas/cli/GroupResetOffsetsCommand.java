package io.barnabas.cli;

import io.barnabas.cli.rules.OffsetReset;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Sets the positions of a group without members. */
@Command(
        name = "reset-offsets",
        description = {
            "Set a group's positions; its consumers must be stopped. Without --topic, on all partitions that it has",
            "committed on. A position outside of the partition becomes its beginning or end."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  barnabas group reset-offsets billing --to-earliest --dry-run",
            "  barnabas group reset-offsets billing --topic orders:0 --shift-by -100",
            "  barnabas group reset-offsets billing --topic orders --to-datetime 2026-11-21T10:00",
            "  barnabas group reset-offsets billing --by-duration 2h"
        })
final class GroupResetOffsetsCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterClient cluster;

    @Mixin
    private Output output;

    @Parameters(paramLabel = "GROUP", description = "The group's id; one that does not exist yet needs --topic.")
    private String group;

    @Option(
            names = "--topic",
            paramLabel = "TOPIC[:P]",
            converter = PartitionRef.Converter.class,
            description = "A topic, or one partition of it. May be given several times.")
    private List<PartitionRef> topics = List.of();

    @Option(names = "--dry-run", description = "Show what would be set, and set nothing.")
    private boolean dryRun;

    @ArgGroup(multiplicity = "1")
    private Where where;

    /** Where to. */
    static final class Where {

        @Option(names = "--to-earliest", description = "The first record kept.")
        private boolean earliest;

        @Option(names = "--to-latest", description = "The end.")
        private boolean latest;

        @Option(names = "--to-offset", paramLabel = "N", description = "An offset.")
        private Long offset;

        @Option(names = "--shift-by", paramLabel = "N", description = "So many records forward, or back if negative.")
        private Long shift;

        @Option(
                names = "--to-datetime",
                paramLabel = "TIME",
                converter = From.Converter.class,
                description = "The first record at or after a time like 2026-11-21T10:00 (UTC),"
                        + " 2026-11-21T10:00+01:00 or @EPOCH_MS.")
        private From datetime;

        @Option(
                names = "--by-duration",
                paramLabel = "TIME",
                converter = Durations.Converter.class,
                description = "The first record at or after so long ago, such as 30m, 2h or PT1H30M.")
        private Duration duration;
    }

    @Override
    public void run() {
        OffsetReset reset = reset();
        PrintWriter out = spec.commandLine().getOut();
        try (Admin admin = cluster.admin()) {
            GroupPositions positions = new GroupPositions(cluster, admin, group);
            requireNoMembers(positions);
            SortedMap<TopicPartition, OffsetAndMetadata> committed = positions.committed();
            SortedSet<TopicPartition> partitions = partitions(admin, committed);
            SortedMap<TopicPartition, Long> targets = targets(reset, positions, committed, partitions);
            if (!dryRun) {
                Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
                targets.forEach((partition, offset) -> offsets.put(partition, new OffsetAndMetadata(offset)));
                cluster.get(admin.alterConsumerGroupOffsets(group, offsets).all());
            }
            output.rows(out, rows(committed, targets));
            if (dryRun && output.format() == Output.Format.TABLE) {
                out.println("(dry run: nothing was set)");
            }
        }
    }

    private OffsetReset reset() {
        if (where.earliest) {
            return new OffsetReset.ToEarliest();
        } else if (where.latest) {
            return new OffsetReset.ToLatest();
        } else if (where.offset != null) {
            return new OffsetReset.ToOffset(where.offset);
        } else if (where.shift != null) {
            return new OffsetReset.ShiftBy(where.shift);
        } else if (where.duration != null) {
            return new OffsetReset.ToTime(System.currentTimeMillis() - where.duration.toMillis());
        } else if (where.datetime instanceof From.Time time) {
            return new OffsetReset.ToTime(time.epochMs());
        }
        throw new ParameterException(
                spec.commandLine(), "Invalid value for option '--to-datetime': not a time such as 2026-11-21T10:00");
    }

    private void requireNoMembers(GroupPositions positions) {
        positions.description().ifPresent(description -> {
            if (!description.members().isEmpty()) {
                throw new CommandFailedException(
                        "group '" + group + "' has members; stop them first, or they would go on from where they are");
            }
        });
    }

    private SortedSet<TopicPartition> partitions(Admin admin, SortedMap<TopicPartition, OffsetAndMetadata> committed) {
        SortedSet<TopicPartition> partitions = new TreeSet<>(GroupPositions.ORDER);
        for (PartitionRef topic : topics) {
            if (topic.partition().isPresent()) {
                partitions.add(
                        new TopicPartition(topic.topic(), topic.partition().getAsInt()));
            } else {
                TopicDescription description = cluster.get(admin.describeTopics(List.of(topic.topic()))
                        .topicNameValues()
                        .get(topic.topic()));
                description
                        .partitions()
                        .forEach(partition -> partitions.add(new TopicPartition(topic.topic(), partition.partition())));
            }
        }
        if (topics.isEmpty()) {
            partitions.addAll(committed.keySet());
        }
        if (partitions.isEmpty()) {
            throw new CommandFailedException(
                    "group '" + group + "' has committed nothing; name the topics with --topic");
        }
        return partitions;
    }

    private static SortedMap<TopicPartition, Long> targets(
            OffsetReset reset,
            GroupPositions positions,
            SortedMap<TopicPartition, OffsetAndMetadata> committed,
            SortedSet<TopicPartition> partitions) {
        Map<TopicPartition, Long> earliest = positions.offsets(all(partitions, OffsetSpec.earliest()));
        Map<TopicPartition, Long> latest = positions.offsets(all(partitions, OffsetSpec.latest()));
        Map<TopicPartition, Long> atTime = reset instanceof OffsetReset.ToTime time
                ? positions.offsets(all(partitions, OffsetSpec.forTimestamp(time.epochMs())))
                : Map.of();
        SortedMap<TopicPartition, Long> targets = new TreeMap<>(GroupPositions.ORDER);
        for (TopicPartition partition : partitions) {
            OffsetAndMetadata now = committed.get(partition);
            targets.put(
                    partition,
                    reset.target(new OffsetReset.Bounds(
                            now == null ? -1 : now.offset(),
                            earliest.get(partition),
                            latest.get(partition),
                            atTime.getOrDefault(partition, -1L))));
        }
        return targets;
    }

    private static Map<TopicPartition, OffsetSpec> all(SortedSet<TopicPartition> partitions, OffsetSpec wanted) {
        Map<TopicPartition, OffsetSpec> all = new HashMap<>();
        partitions.forEach(partition -> all.put(partition, wanted));
        return all;
    }

    private static List<Map<String, Object>> rows(
            SortedMap<TopicPartition, OffsetAndMetadata> committed, SortedMap<TopicPartition, Long> targets) {
        List<Map<String, Object>> rows = new ArrayList<>();
        targets.forEach((partition, offset) -> {
            OffsetAndMetadata before = committed.get(partition);
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("topic", partition.topic());
            row.put("partition", partition.partition());
            row.put("before", before == null ? "-" : before.offset());
            row.put("after", offset);
            rows.add(row);
        });
        return rows;
    }
}
