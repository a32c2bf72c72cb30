package io.barnabas.cli;

import org.apache.kafka.common.config.ConfigResource;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * What settings belong to: {@code topic:NAME}, {@code node:ID}, or {@code nodes} for the default of all nodes.
 *
 * @param resource the same in Kafka's terms
 */
record ConfigTarget(ConfigResource resource) {

    private static final String TOPIC = "topic:";
    private static final String NODE = "node:";
    private static final String ALL_NODES = "nodes";

    static ConfigTarget parse(String text) {
        if (text.startsWith(TOPIC) && text.length() > TOPIC.length()) {
            return of(ConfigResource.Type.TOPIC, text.substring(TOPIC.length()));
        }
        if (text.startsWith(NODE) && text.substring(NODE.length()).matches("\\d{1,9}")) {
            return of(ConfigResource.Type.BROKER, text.substring(NODE.length()));
        }
        if (text.equals(ALL_NODES)) {
            return of(ConfigResource.Type.BROKER, "");
        }
        throw new TypeConversionException("'" + text + "' is none of topic:NAME, node:ID and nodes");
    }

    private static ConfigTarget of(ConfigResource.Type type, String name) {
        return new ConfigTarget(new ConfigResource(type, name));
    }

    @Override
    public String toString() {
        if (resource.type() == ConfigResource.Type.TOPIC) {
            return TOPIC + resource.name();
        }
        return resource.isDefault() ? ALL_NODES : NODE + resource.name();
    }

    /** Reads it from a command line. */
    static final class Converter implements ITypeConverter<ConfigTarget> {
        @Override
        public ConfigTarget convert(String text) {
            return parse(text);
        }
    }
}
