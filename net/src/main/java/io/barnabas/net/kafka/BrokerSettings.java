package io.barnabas.net.kafka;

import java.util.Map;

/**
 * Node settings that handlers need, by Kafka's names.
 *
 * @param autoCreateTopics {@code auto.create.topics.enable}
 * @param numPartitions {@code num.partitions}
 * @param defaultReplicationFactor {@code default.replication.factor}
 * @param maxRequestBytes {@code socket.request.max.bytes}
 * @param maxFetchBytes {@code fetch.max.bytes}
 * @param fetchSessionSlots {@code max.incremental.fetch.session.cache.slots}
 * @param effective every node setting by key, as DescribeConfigs shows it
 * @param explicit the subset of {@code effective} that stands in {@code node.properties}
 */
public record BrokerSettings(
        boolean autoCreateTopics,
        int numPartitions,
        int defaultReplicationFactor,
        int maxRequestBytes,
        int maxFetchBytes,
        int fetchSessionSlots,
        Map<String, String> effective,
        Map<String, String> explicit) {}
