package io.barnabas.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

/** Where a group is, where its partitions begin and end, and who reads them. */
final class GroupPositions {

    static final Comparator<TopicPartition> ORDER =
            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

    private final ClusterClient cluster;
    private final Admin admin;
    private final String group;

    GroupPositions(ClusterClient cluster, Admin admin, String group) {
        this.cluster = cluster;
        this.admin = admin;
        this.group = group;
    }

    /**
     * One partition.
     *
     * @param committed the group's position, empty if it has none
     * @param owner the member that reads it, empty if none does
     */
    record Position(OptionalLong committed, long end, Optional<String> owner) {}

    /** The group's description; empty for a group that does not exist. */
    Optional<ConsumerGroupDescription> description() {
        try {
            return Optional.of(cluster.get(admin.describeConsumerGroups(List.of(group))
                            .describedGroups()
                            .get(group)))
                    .filter(description -> description.groupState() != GroupState.DEAD);
        } catch (CommandFailedException e) {
            if (Failures.cause(e.getCause()) instanceof GroupIdNotFoundException) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** What the group has committed. */
    SortedMap<TopicPartition, OffsetAndMetadata> committed() {
        SortedMap<TopicPartition, OffsetAndMetadata> committed = new TreeMap<>(ORDER);
        cluster.get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
                .forEach((partition, offset) -> {
                    if (offset != null) {
                        committed.put(partition, offset);
                    }
                });
        return committed;
    }

    /** Every partition that the group has committed on or that a member has. */
    SortedMap<TopicPartition, Position> positions() {
        Map<TopicPartition, String> owners = owners();
        SortedMap<TopicPartition, OffsetAndMetadata> committed = committed();
        SortedMap<TopicPartition, Position> positions = new TreeMap<>(ORDER);
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        committed.keySet().forEach(partition -> wanted.put(partition, OffsetSpec.latest()));
        owners.keySet().forEach(partition -> wanted.put(partition, OffsetSpec.latest()));
        offsets(wanted).forEach((partition, end) -> {
            OffsetAndMetadata at = committed.get(partition);
            positions.put(
                    partition,
                    new Position(
                            at == null ? OptionalLong.empty() : OptionalLong.of(at.offset()),
                            end,
                            Optional.ofNullable(owners.get(partition))));
        });
        return positions;
    }

    private Map<TopicPartition, String> owners() {
        Collection<MemberDescription> members = description()
                .orElseThrow(() -> new CommandFailedException(
                        "there is no group '" + group + "'; 'barnabas group list' shows all"))
                .members();
        Map<TopicPartition, String> owners = new HashMap<>();
        for (MemberDescription member : members) {
            member.assignment().topicPartitions().forEach(partition -> owners.put(partition, member.consumerId()));
        }
        return owners;
    }

    /** Offsets of partitions; -1 for a time after the last record. */
    Map<TopicPartition, Long> offsets(Map<TopicPartition, OffsetSpec> wanted) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        if (!wanted.isEmpty()) {
            cluster.get(admin.listOffsets(wanted).all())
                    .forEach((partition, result) -> offsets.put(partition, result.offset()));
        }
        return offsets;
    }
}
