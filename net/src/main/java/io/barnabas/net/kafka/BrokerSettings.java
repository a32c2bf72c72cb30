package io.barnabas.net.kafka;

import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef;

/**
 * Node settings that handlers need, by Kafka's names.
 *
 * @param autoCreateTopics {@code auto.create.topics.enable}
 * @param numPartitions {@code num.partitions}
 * @param defaultReplicationFactor {@code default.replication.factor}
 * @param maxRequestBytes {@code socket.request.max.bytes}
 * @param maxFetchBytes {@code fetch.max.bytes}
 * @param fetchSessionSlots {@code max.incremental.fetch.session.cache.slots}
 * @param effective the value of every node setting that has one, by key
 * @param explicit the subset of {@code effective} that stands in {@code node.properties}
 * @param keys every key that {@code node.properties} may hold
 */
public record BrokerSettings(
        boolean autoCreateTopics,
        int numPartitions,
        int defaultReplicationFactor,
        int maxRequestBytes,
        int maxFetchBytes,
        int fetchSessionSlots,
        Map<String, String> effective,
        Map<String, String> explicit,
        Map<String, Key> keys) {

    /**
     * What is known about a key.
     *
     * @param type the shape of its value
     * @param defaultValue its value when it is not set; empty when it has none
     * @param documentation what it does
     */
    public record Key(ConfigDef.Type type, Optional<String> defaultValue, String documentation) {}
}
