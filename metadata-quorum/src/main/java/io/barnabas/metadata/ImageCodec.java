package io.barnabas.metadata;

import com.google.protobuf.InvalidProtocolBufferException;
import io.barnabas.metadata.proto.ConfigMessage;
import io.barnabas.metadata.proto.CoordinatorMessage;
import io.barnabas.metadata.proto.ImageMessage;
import io.barnabas.metadata.proto.NodeMessage;
import io.barnabas.metadata.proto.PartitionMessage;
import io.barnabas.metadata.proto.TopicMessage;
import io.barnabas.metadata.rules.ConfigResource;
import io.barnabas.metadata.rules.Coordinator;
import io.barnabas.metadata.rules.CoordinatorPlacement;
import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.NodeInfo;
import io.barnabas.metadata.rules.PartitionInfo;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.metadata.rules.group.GroupShards;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.pcollections.HashTreePMap;
import org.pcollections.PVector;
import org.pcollections.TreePMap;
import org.pcollections.TreePVector;

/** The image as bytes of a snapshot. */
final class ImageCodec {

    /** The newest format written and read. */
    static final int VERSION = 1;

    private ImageCodec() {}

    static byte[] encode(MetadataImage image) {
        ImageMessage.Builder message = ImageMessage.newBuilder()
                .setVersion(VERSION)
                .setIndex(image.index())
                .setClusterId(image.clusterId())
                .setFeatureLevel(image.featureLevel())
                .setNextProducerId(image.nextProducerId());
        image.nodes().values().forEach(node -> message.addNodes(node(node)));
        image.topics().values().forEach(topic -> message.addTopics(topic(topic)));
        image.configs()
                .forEach((resource, values) -> message.addConfigs(ConfigMessage.newBuilder()
                        .setResource(CommandCodec.resource(resource))
                        .putAllValues(values)));
        image.coordinators()
                .forEach(coordinator -> message.addCoordinators(CoordinatorMessage.newBuilder()
                        .setNodeId(coordinator.nodeId())
                        .setEpoch(coordinator.epoch())));
        return message.build().toByteArray();
    }

    static MetadataImage decode(byte[] bytes) throws InvalidProtocolBufferException {
        ImageMessage message = ImageMessage.parseFrom(bytes);
        if (message.getVersion() < 1 || message.getVersion() > VERSION) {
            throw new InvalidProtocolBufferException(
                    "image version " + message.getVersion() + " is unknown, this node reads up to " + VERSION);
        }
        Map<Integer, NodeInfo> nodes = new TreeMap<>();
        for (NodeMessage node : message.getNodesList()) {
            nodes.put(node.getId(), node(node));
        }
        Map<String, TopicInfo> topics = new TreeMap<>();
        Map<UUID, String> names = new HashMap<>();
        for (TopicMessage topic : message.getTopicsList()) {
            topics.put(topic.getName(), topic(topic));
            names.put(CommandCodec.uuid(topic.getId()), topic.getName());
        }
        Map<ConfigResource, Map<String, String>> configs = new HashMap<>();
        for (ConfigMessage config : message.getConfigsList()) {
            configs.put(CommandCodec.resource(config.getResource()), Map.copyOf(config.getValuesMap()));
        }
        return new MetadataImage(
                message.getIndex(),
                message.getClusterId(),
                message.getFeatureLevel(),
                TreePMap.from(nodes),
                TreePMap.from(topics),
                HashTreePMap.from(names),
                HashTreePMap.from(configs),
                message.getNextProducerId(),
                coordinators(message, nodes.values()));
    }

    private static PVector<Coordinator> coordinators(ImageMessage message, Collection<NodeInfo> nodes)
            throws InvalidProtocolBufferException {
        if (message.getCoordinatorsCount() == 0) {
            // From before there were groups.
            return CoordinatorPlacement.place(nodes, CoordinatorPlacement.NOBODY, message.getIndex());
        }
        if (message.getCoordinatorsCount() != GroupShards.COUNT) {
            throw new InvalidProtocolBufferException(
                    "an image with " + message.getCoordinatorsCount() + " group shards, not " + GroupShards.COUNT);
        }
        return TreePVector.from(message.getCoordinatorsList().stream()
                .map(coordinator -> new Coordinator(coordinator.getNodeId(), coordinator.getEpoch()))
                .toList());
    }

    private static NodeMessage node(NodeInfo node) {
        NodeMessage.Builder message = NodeMessage.newBuilder()
                .setId(node.id())
                .setIncarnation(CommandCodec.uuid(node.incarnation()))
                .setEpoch(node.epoch())
                .addAllListeners(
                        node.listeners().stream().map(CommandCodec::endpoint).toList())
                .setMetadataAddress(node.metadataAddress())
                .setPartitionAddress(node.partitionAddress())
                .setCaughtUp(node.caughtUp())
                .setFenced(node.fenced());
        node.rack().ifPresent(message::setRack);
        return message.build();
    }

    private static NodeInfo node(NodeMessage message) {
        return new NodeInfo(
                message.getId(),
                CommandCodec.uuid(message.getIncarnation()),
                message.getEpoch(),
                message.getListenersList().stream().map(CommandCodec::endpoint).toList(),
                message.getMetadataAddress(),
                message.getPartitionAddress(),
                message.hasRack() ? Optional.of(message.getRack()) : Optional.empty(),
                message.getCaughtUp(),
                message.getFenced());
    }

    static TopicMessage topic(TopicInfo topic) {
        TopicMessage.Builder message = TopicMessage.newBuilder()
                .setId(CommandCodec.uuid(topic.id()))
                .setName(topic.name())
                .putAllConfigs(topic.configs());
        for (PartitionInfo partition : topic.partitions()) {
            message.addPartitions(PartitionCommandCodec.encode(partition));
        }
        return message.build();
    }

    static TopicInfo topic(TopicMessage message) {
        List<PartitionInfo> partitions = new ArrayList<>();
        for (PartitionMessage partition : message.getPartitionsList()) {
            partitions.add(PartitionCommandCodec.decode(partitions.size(), partition));
        }
        return new TopicInfo(
                CommandCodec.uuid(message.getId()), message.getName(), partitions, Map.copyOf(message.getConfigsMap()));
    }
}
