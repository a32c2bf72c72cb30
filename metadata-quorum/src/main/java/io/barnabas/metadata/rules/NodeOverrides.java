package io.barnabas.metadata.rules;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The settings of a node that are changed while it runs, and live in the metadata under its resource. */
public final class NodeOverrides {

    /** {@code true} for a node that shall lead no partition while another replica can, nor get new ones while others can. */
    public static final String DRAINED = "node.drained";

    /** What {@link #DRAINED} is, for people. */
    public static final String DOCUMENTATION = "Whether the node leads no partition while another replica can.";

    private NodeOverrides() {}

    /** All of them. */
    public static Set<String> keys() {
        return Set.of(DRAINED);
    }

    /** Why a value is none for its key; empty when it is. */
    public static Optional<String> flaw(String key, String value) {
        if (!keys().contains(key)) {
            return Optional.of("setting '" + key
                    + "' of a node is read when it starts: change its node.properties and restart it");
        }
        return value.equals("true") || value.equals("false")
                ? Optional.empty()
                : Optional.of(key + "=" + value + ": allowed is true or false");
    }

    /** What is set on a node. */
    public static Map<String, String> of(MetadataImage image, int nodeId) {
        return image.configs().getOrDefault(new ConfigResource.Node(nodeId), Map.of());
    }

    /** Whether a node shall lead no partition while another replica can. */
    public static boolean isDrained(MetadataImage image, int nodeId) {
        return "true".equals(of(image, nodeId).get(DRAINED));
    }
}
