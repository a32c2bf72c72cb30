package io.barnabas.metadata.group;

import io.barnabas.metadata.rules.group.GroupSettings;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * What a node's group coordinator needs to know.
 *
 * @param nodeId the node
 * @param settings of the groups
 * @param clockMs the time, in ms since 1970; must not jump
 * @param trusted whether the metadata quorum has heard from this node within its session timeout; when it has not,
 *     another node may coordinate its groups already, and nothing is answered
 */
public record GroupCoordinatorConfig(
        int nodeId, GroupSettings settings, LongSupplier clockMs, BooleanSupplier trusted) {}
