package io.barnabas.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Root of a user namespace may do what a run needs, and the host does not notice. On hosts that allow them. */
class HostRightsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Test
    void makesNetworksAndMountsOfWhichTheHostKnowsNothing() {
        assumeThat(HostRights.mayBecomeRoot()).isTrue();

        String said = HostCommand.run(
                HostRights.asRoot(
                        List.of(
                                "sh",
                                "-c",
                                "id -u; ip netns add of-a-test; ip netns list; mount -t tmpfs of-a-test /mnt; cat /proc/mounts")),
                PATIENCE);

        assertThat(said.lines()).startsWith("0", "of-a-test").anyMatch(line -> line.startsWith("of-a-test /mnt"));
        assertThat(HostCommand.run("ip", "netns", "list")).doesNotContain("of-a-test");
        assertThat(HostCommand.run("cat", "/proc/mounts")).doesNotContain("of-a-test");
    }
}
