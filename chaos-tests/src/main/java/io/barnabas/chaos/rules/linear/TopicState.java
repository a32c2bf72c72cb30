package io.barnabas.chaos.rules.linear;

import java.util.HashMap;
import java.util.Map;

/**
 * What a topic is.
 *
 * @param partitions how many, 0 when there is no such topic
 * @param configs those that were set
 */
record TopicState(int partitions, Map<String, String> configs) {

    static final TopicState ABSENT = new TopicState(0, Map.of());

    TopicState {
        configs = Map.copyOf(configs);
    }

    boolean exists() {
        return partitions > 0;
    }

    /** With one config set, or taken back when the value is null. */
    TopicState with(String name, String value) {
        Map<String, String> changed = new HashMap<>(configs);
        if (value == null) {
            changed.remove(name);
        } else {
            changed.put(name, value);
        }
        return new TopicState(partitions, changed);
    }
}
