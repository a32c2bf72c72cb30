package io.barnabas.metadata.rules;

/** Whose configuration a config command changes. */
public sealed interface ConfigResource {

    /** A topic, by name. */
    record Topic(String name) implements ConfigResource {}

    /** One node. */
    record Node(int id) implements ConfigResource {}

    /** The default of all nodes, Kafka's broker resource with an empty name. */
    record AllNodes() implements ConfigResource {}
}
