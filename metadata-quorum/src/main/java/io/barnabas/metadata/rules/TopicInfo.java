package io.barnabas.metadata.rules;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.pcollections.PVector;
import org.pcollections.TreePVector;

/**
 * One topic.
 *
 * @param id random, never reused: a recreated topic has another id
 * @param name the topic's name
 * @param partitions indexed by partition number
 * @param configs the overrides set on the topic, as given
 */
public record TopicInfo(UUID id, String name, PVector<PartitionInfo> partitions, Map<String, String> configs) {

    public TopicInfo(UUID id, String name, List<PartitionInfo> partitions, Map<String, String> configs) {
        this(id, name, TreePVector.from(partitions), configs);
    }

    TopicInfo withPartition(PartitionInfo changed) {
        return new TopicInfo(id, name, partitions.with(changed.partition(), changed), configs);
    }
}
