package io.barnabas.net.kafka.handler;

import io.barnabas.log.PartitionReplica;
import io.barnabas.log.PartitionReplica.Leadership;
import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.net.kafka.Broker;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/** Finds the partition that a request names, and says in Kafka's terms why it cannot be served here. */
final class Partitions {

    private final Broker broker;

    Partitions(Broker broker) {
        this.broker = broker;
    }

    /** What a lookup found. */
    sealed interface Lookup {
        /** The leader's replica runs here and is ready. */
        record Led(TopicInfo topic, PartitionReplica replica, int epoch) implements Lookup {}

        /**
         * It cannot be served here.
         *
         * @param leader who leads, for the hint of KIP-951; a leader of -1 means unknown
         */
        record Not(Errors error, Leadership leader) implements Lookup {}
    }

    private static final Leadership NOBODY = new Leadership(-1, -1, false);

    /** The topic of a request: by id from the version on that has ids, by name before. */
    Optional<TopicInfo> topic(Uuid id, String name) {
        MetadataImage image = broker.quorum().image();
        return Uuid.ZERO_UUID.equals(id) ? image.topic(name) : image.topic(toJava(id));
    }

    /** The local leader of a partition; {@code clientEpoch} is the leader epoch the client knows, or -1 (KIP-320). */
    Lookup leader(Uuid id, String name, int partition, int clientEpoch) {
        Optional<TopicInfo> topic = topic(id, name);
        if (topic.isEmpty()) {
            return new Lookup.Not(
                    Uuid.ZERO_UUID.equals(id) ? Errors.UNKNOWN_TOPIC_OR_PARTITION : Errors.UNKNOWN_TOPIC_ID, NOBODY);
        }
        if (partition < 0 || partition >= topic.get().partitions().size()) {
            return new Lookup.Not(Errors.UNKNOWN_TOPIC_OR_PARTITION, NOBODY);
        }
        UUID topicId = topic.get().id();
        Optional<PartitionReplica> replica = broker.replica(topicId, partition);
        if (replica.isEmpty()) {
            return new Lookup.Not(Errors.NOT_LEADER_OR_FOLLOWER, broker.leaderOf(topicId, partition));
        }
        Leadership leadership = replica.get().leadership();
        if (clientEpoch >= 0 && leadership.epoch() >= 0 && clientEpoch < leadership.epoch()) {
            return new Lookup.Not(Errors.FENCED_LEADER_EPOCH, broker.leaderOf(topicId, partition));
        }
        if (clientEpoch > leadership.epoch()) {
            return new Lookup.Not(Errors.UNKNOWN_LEADER_EPOCH, broker.leaderOf(topicId, partition));
        }
        return leadership.local()
                ? new Lookup.Led(topic.get(), replica.get(), leadership.epoch())
                : new Lookup.Not(Errors.NOT_LEADER_OR_FOLLOWER, broker.leaderOf(topicId, partition));
    }

    static UUID toJava(Uuid id) {
        return new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    static Uuid toKafka(UUID id) {
        return new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }
}
