package io.barnabas.metadata.rules;

import io.barnabas.metadata.rules.group.GroupShards;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.PSortedMap;
import org.pcollections.PVector;
import org.pcollections.TreePMap;

/**
 * The cluster at one Raft index, immutable: a change makes a new image that shares all it did not touch.
 *
 * @param index the Raft index of the last command that could change it, or -1; commands that only write group records
 *     do not count
 * @param clusterId the cluster's id, empty before {@link MetadataCommand.InitCluster}
 * @param featureLevel the level of commands and formats that all nodes understand
 * @param nodes registered nodes by id
 * @param topics topics by name
 * @param topicNames topic names by id
 * @param configs overrides by resource; those of topics live in {@link TopicInfo#configs}
 * @param nextProducerId the first producer id not yet reserved
 * @param coordinators who coordinates each shard of groups, by {@link GroupShards shard}
 */
public record MetadataImage(
        long index,
        String clusterId,
        int featureLevel,
        PSortedMap<Integer, NodeInfo> nodes,
        PSortedMap<String, TopicInfo> topics,
        PMap<UUID, String> topicNames,
        PMap<ConfigResource, Map<String, String>> configs,
        long nextProducerId,
        PVector<Coordinator> coordinators) {

    /** The image before the first command. */
    public static final MetadataImage EMPTY = new MetadataImage(
            -1,
            "",
            1,
            TreePMap.empty(),
            TreePMap.empty(),
            HashTreePMap.empty(),
            HashTreePMap.empty(),
            0,
            CoordinatorPlacement.NOBODY);

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

    /** The coordinator of a group; of no node while none lives. */
    public Coordinator coordinator(String group) {
        return coordinators.get(GroupShards.of(group));
    }

    MetadataImage withIndex(long newIndex) {
        return new MetadataImage(
                newIndex, clusterId, featureLevel, nodes, topics, topicNames, configs, nextProducerId, coordinators);
    }

    MetadataImage withClusterId(String id) {
        return new MetadataImage(
                index, id, featureLevel, nodes, topics, topicNames, configs, nextProducerId, coordinators);
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
                nextProducerId,
                coordinators);
    }

    MetadataImage withoutNode(int id) {
        return new MetadataImage(
                index,
                clusterId,
                featureLevel,
                nodes.minus(id),
                topics,
                topicNames,
                configs,
                nextProducerId,
                coordinators);
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
                nextProducerId,
                coordinators);
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
                nextProducerId,
                coordinators);
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
                nextProducerId,
                coordinators);
    }

    MetadataImage withNextProducerId(long next) {
        return new MetadataImage(
                index, clusterId, featureLevel, nodes, topics, topicNames, configs, next, coordinators);
    }

    MetadataImage withCoordinators(PVector<Coordinator> next) {
        return next.equals(coordinators)
                ? this
                : new MetadataImage(
                        index, clusterId, featureLevel, nodes, topics, topicNames, configs, nextProducerId, next);
    }
}
