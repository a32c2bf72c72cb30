package io.barnabas.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo, as a newcomer runs it. It checks its own claims and fails when one does not hold. */
class DemoIT {

    private static final Pattern SILENCE = Pattern.compile("longest silence seen by the tail: (\\d+) ms");
    /** Far above what a failover takes, far below a session timeout: on a loaded machine elections are slow. */
    private static final long MAX_SILENCE_MS = 8_000;

    @TempDir
    private Path scratch;

    @AfterEach
    void killAll() {
        LocalCluster.find(scratch.resolve("demo"))
                .ifPresent(cluster -> cluster.nodes().forEach(LocalNode::kill));
    }

    @Test
    void showsAFailoverAndLosesNothing() {
        Run demo =
                new Shell(scratch).run("demo", "--dir", scratch.resolve("demo").toString());

        assertThat(demo.err()).isEmpty();
        assertThat(demo.exit()).isZero();
        assertThat(demo.out())
                .contains("A quorum of 3 nodes serves", "Created topic flights: 6 partitions", "Killed node")
                .contains("is back and has caught up", "Read everything back: 5000 records, none lost, none doubled");
        Matcher silence = SILENCE.matcher(demo.out());
        assertThat(silence.find()).isTrue();
        assertThat(Long.parseLong(silence.group(1))).isLessThan(MAX_SILENCE_MS);
        assertThat(LocalCluster.find(scratch.resolve("demo")).orElseThrow().nodes())
                .as("no node is left running")
                .allSatisfy(node -> assertThat(node.process()).isEmpty());
    }
}
