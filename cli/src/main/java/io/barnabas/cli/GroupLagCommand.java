package io.barnabas.cli;

import io.barnabas.cli.GroupPositions.Position;
import io.barnabas.cli.rules.LagVerdict;
import io.barnabas.cli.rules.LagWindow;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows how far a group is behind, and whether that is bad. */
@Command(
        name = "lag",
        description = {
            "Show how far a group is behind on every partition, and judge it by its commits over a while:",
            "  ok       it was at the end, or keeps up",
            "  lagging  it commits, but falls behind further and further",
            "  stalled  there is something to read, and it commits nothing",
            "  none     it has committed nothing yet",
            "The window should be longer than the time between the group's commits."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  barnabas group lag billing",
            "  barnabas group lag billing --watch --window 30s",
            "  barnabas group lag billing --now --output json"
        })
final class GroupLagCommand implements Runnable {

    private static final long SAMPLE_MS = 1_000;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterClient cluster;

    @Mixin
    private Output output;

    @Parameters(paramLabel = "GROUP", description = "The group's id.")
    private String group;

    @Option(
            names = "--window",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = Durations.Converter.class,
            description = "How long to watch the commits, such as 30s or 5m (default: ${DEFAULT-VALUE}).")
    private Duration window;

    @Option(names = "--now", description = "Show the lag at once, with a verdict only where it is plain.")
    private boolean now;

    @Option(names = "--watch", description = "Show it again every second until interrupted.")
    private boolean watch;

    private final Map<TopicPartition, LagWindow> windows = new HashMap<>();

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        try (Admin admin = cluster.admin()) {
            GroupPositions group = new GroupPositions(cluster, admin, this.group);
            SortedMap<TopicPartition, Position> positions = look(group);
            if (!now && !watch && !settled(positions)) {
                spec.commandLine()
                        .getErr()
                        .println("watching the group's commits for " + window.toSeconds() + " s ...");
            }
            while (watch || !(now || settled(positions))) {
                if (watch) {
                    out.println(Instant.now().truncatedTo(ChronoUnit.SECONDS));
                    output.rows(out, rows(positions));
                    out.println();
                    out.flush();
                }
                sleep();
                positions = look(group);
            }
            output.rows(out, rows(positions));
        }
    }

    private SortedMap<TopicPartition, Position> look(GroupPositions group) {
        SortedMap<TopicPartition, Position> positions = group.positions();
        long nowMs = System.currentTimeMillis();
        windows.keySet().retainAll(positions.keySet());
        positions.forEach(
                (partition, position) -> windows.computeIfAbsent(partition, added -> new LagWindow(window.toMillis()))
                        .add(new LagWindow.Sample(nowMs, position.committed(), position.end())));
        return positions;
    }

    private boolean settled(SortedMap<TopicPartition, Position> positions) {
        return positions.keySet().stream()
                .allMatch(partition -> windows.get(partition).verdict().isFinal());
    }

    private List<Map<String, Object>> rows(SortedMap<TopicPartition, Position> positions) {
        List<Map<String, Object>> rows = new ArrayList<>();
        positions.forEach((partition, position) -> {
            boolean known = position.committed().isPresent();
            LagVerdict verdict = windows.get(partition).verdict();
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("topic", partition.topic());
            row.put("partition", partition.partition());
            row.put("committed", known ? position.committed().getAsLong() : "-");
            row.put("end", position.end());
            row.put(
                    "lag",
                    known ? Math.max(position.end() - position.committed().getAsLong(), 0) : "-");
            row.put("verdict", verdict.toString());
            row.put("member", position.owner().orElse("-"));
            rows.add(row);
        });
        return rows;
    }

    private static void sleep() {
        try {
            TimeUnit.MILLISECONDS.sleep(SAMPLE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException("interrupted", e);
        }
    }
}
