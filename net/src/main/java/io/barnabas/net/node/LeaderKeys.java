package io.barnabas.net.node;

import io.barnabas.net.node.NodeKey.Type;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The keys of {@code node.properties} about which replica leads. */
final class LeaderKeys {

    private static final NodeKey REBALANCE = new NodeKey(
            "auto.leader.rebalance.enable",
            Type.BOOLEAN,
            false,
            Optional.of("true"),
            NodeKeys.bool(),
            "Whether leads go back to the preferred replicas by themselves.");

    private static final NodeKey INTERVAL = new NodeKey(
            "leader.imbalance.check.interval.seconds",
            Type.LONG,
            false,
            Optional.of("300"),
            NodeKeys.between(1, Integer.MAX_VALUE),
            "How often the node looks for partitions that it leads though another replica is preferred.");

    private LeaderKeys() {}

    static List<NodeKey> all() {
        return List.of(REBALANCE, INTERVAL);
    }

    /** What valid settings say. */
    static PartitionDuties.LeaderBalance read(Map<String, String> effective) {
        return new PartitionDuties.LeaderBalance(
                effective.get(REBALANCE.name()).equalsIgnoreCase("true"),
                Duration.ofSeconds(Long.parseLong(effective.get(INTERVAL.name()))));
    }
}
