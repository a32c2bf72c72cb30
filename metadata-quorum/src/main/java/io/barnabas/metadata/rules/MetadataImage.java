package io.barnabas.metadata.rules;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/**
 * The cluster at one Raft index, immutable: a change makes a new image that shares all it did not touch.
 *
 * @param index the Raft index of the last command applied, or -1
 * @param clusterId the cluster's id, empty before {@link MetadataCommand.InitCluster}
 * @param featureLevel the level of commands and formats that all nodes understand
 * @param nodes registered nodes by id
 * @param topics topics by name
 * @param topicNames topic names by id
 * @param configs overrides by resource; those of topics live in {@link TopicInfo#configs}
 * @param nextProducerId the first producer id not yet reserved
 */
public record MetadataImage(
        long index,
        String clusterId,
        int featureLevel,
        PSortedMap<Integer, NodeInfo> nodes,
        PSortedMap<String, TopicInfo> topics,
        PMap<UUID, String> topicNames,
        PMap<ConfigResource, Map<String, String>> configs,
        long nextProducerId) {

    /** The image before the first command. */
    public static final MetadataImage EMPTY = new MetadataImage(
            -1, "", 1, TreePMap.empty(), TreePMap.empty(), HashTreePMap.empty(), HashTreePMap.empty(), 0);

    /** The topic of that name. */
    public Optional<TopicInfo> topic(String name) {
        return Optional.ofNullable(topics.get(name));
    }

    /** The topic of that id. */
    public Optional<TopicInfo> topic(UUID id) {
        return Optional.ofNullable(topicNames.get(id)).map(topics::get);
    }

    /** The node of that id. */
    public Optional<NodeInfo> node(int id) {
        return Optional.ofNullable(nodes.get(id));
    }

    MetadataImage withIndex(long newIndex) {
        return new MetadataImage(newIndex, clusterId, featureLevel, nodes, topics, topicNames, configs, nextProducerId);
    }

    MetadataImage withClusterId(String id) {
        return new MetadataImage(index, id, featureLevel, nodes, topics, topicNames, configs, nextProducerId);
    }

    MetadataImage withNode(NodeInfo node) {
        return new MetadataImage(
                index,
                clusterId,
                featureLevel,
                nodes.plus(node.id(), node),
                topics,
                topicNames,
                configs,
                nextProducerId);
    }

    MetadataImage withoutNode(int id) {
        return new MetadataImage(
                index, clusterId, featureLevel, nodes.minus(id), topics, topicNames, configs, nextProducerId);
    }

    MetadataImage withTopic(TopicInfo topic) {
        return new MetadataImage(
                index,
                clusterId,
                featureLevel,
                nodes,
                topics.plus(topic.name(), topic),
                topicNames.plus(topic.id(), topic.name()),
                configs,
                nextProducerId);
    }

    MetadataImage withoutTopic(TopicInfo topic) {
        return new MetadataImage(
                index,
                clusterId,
                featureLevel,
                nodes,
                topics.minus(topic.name()),
                topicNames.minus(topic.id()),
                configs,
                nextProducerId);
    }

    MetadataImage withConfigs(ConfigResource resource, Map<String, String> values) {
        return new MetadataImage(
                index,
                clusterId,
                featureLevel,
                nodes,
                topics,
                topicNames,
                values.isEmpty() ? configs.minus(resource) : configs.plus(resource, values),
                nextProducerId);
    }

    MetadataImage withNextProducerId(long next) {
        return new MetadataImage(index, clusterId, featureLevel, nodes, topics, topicNames, configs, next);
    }
}
