package io.barnabas.metadata.rules.group;

import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.group.GroupRecord.CommittedOffset;
import io.barnabas.metadata.rules.group.GroupResponse.TopicPartition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who may commit, read and delete offsets, and when a group may be deleted. */
final class OffsetRules {

    private final Groups groups;
    private final OffsetExpiry expiry;

    OffsetRules(Groups groups, OffsetExpiry expiry) {
        this.groups = groups;
        this.expiry = expiry;
    }

    void commit(GroupRequest.CommitOffsets request, long ticket, Turn turn) {
        Optional<Group> group = groups.find(request.group());
        if (group.isEmpty() && request.generationOrEpoch() >= 0) {
            unknownGroup(request, ticket, turn);
            return;
        }
        Optional<Group.Refused> refused = group.flatMap(known -> known.commit(request, turn));
        if (refused.isPresent()) {
            turn.fail(ticket, refused.get().error(), refused.get().message());
            return;
        }
        Map<TopicPartition, GroupError> errors = new HashMap<>();
        boolean known = group.isPresent();
        int longest = groups.settings().offsets().maxMetadataBytes();
        for (GroupRequest.OffsetToCommit offset : request.offsets()) {
            if (offset.metadata().length() > longest) {
                errors.put(
                        new TopicPartition(offset.topic(), offset.partition()), GroupError.OFFSET_METADATA_TOO_LARGE);
                continue;
            }
            if (!known) {
                // A client that assigns partitions to itself and keeps its offsets here.
                ClassicGroup created = ClassicGroup.create(groups, request.group(), turn.nowMs());
                groups.put(created);
                turn.write(created.state());
                known = true;
            }
            turn.write(committed(request, offset, turn.nowMs()));
        }
        expiry.committed(request.group(), turn.nowMs());
        turn.answer(ticket, new GroupResponse.OffsetsChanged(Map.copyOf(errors)));
    }

    private static CommittedOffset committed(
            GroupRequest.CommitOffsets request, GroupRequest.OffsetToCommit offset, long nowMs) {
        return new CommittedOffset(
                request.group(),
                offset.topicId(),
                offset.topic(),
                offset.partition(),
                offset.offset(),
                offset.leaderEpoch(),
                offset.metadata(),
                nowMs,
                request.expiresAfterMs().map(after -> nowMs + after));
    }

    /** Answers with what the store has; a group that is not known has committed nothing (as in Kafka, no error). */
    void read(GroupRequest.ReadOffsets request, long ticket, Turn turn) {
        Optional<Group> group = groups.find(request.group());
        Optional<Group.Refused> refused = group.flatMap(known -> known.read(request.memberId(), request.memberEpoch()));
        if (refused.isPresent()) {
            turn.fail(ticket, refused.get().error(), refused.get().message());
            return;
        }
        List<CommittedOffset> offsets = group.isEmpty() ? List.of() : offsets(request);
        turn.answer(
                ticket,
                new GroupResponse.OffsetsRead(offsets.stream()
                        .filter(offset -> ofLivingTopic(offset, turn.image()))
                        .toList()));
    }

    private List<CommittedOffset> offsets(GroupRequest.ReadOffsets request) {
        if (request.topics().isEmpty()) {
            return groups.offsets().offsets(request.group());
        }
        return request.topics().get().entrySet().stream()
                .flatMap(topic -> topic.getValue().stream()
                        .flatMap(partition ->
                                groups.offsets().offset(request.group(), topic.getKey(), partition).stream()))
                .toList();
    }

    /** Whether the topic that was committed to is there still: one created anew under the name has another id. */
    static boolean ofLivingTopic(CommittedOffset offset, MetadataImage image) {
        return image.topic(offset.topic())
                .filter(topic -> topic.id().equals(offset.topicId()))
                .isPresent();
    }

    void delete(GroupRequest.DeleteOffsets request, long ticket, Turn turn) {
        Optional<Group> group = groups.find(request.group());
        if (group.isEmpty()) {
            unknownGroup(request, ticket, turn);
            return;
        }
        Optional<Group.Refused> refused = group.get().deleteOffsets();
        if (refused.isPresent()) {
            turn.fail(ticket, refused.get().error(), refused.get().message());
            return;
        }
        Map<TopicPartition, GroupError> errors = new HashMap<>();
        request.topics().forEach((topic, partitions) -> {
            boolean subscribed = group.get().subscribedTo(topic);
            for (int partition : partitions) {
                if (subscribed) {
                    errors.put(new TopicPartition(topic, partition), GroupError.GROUP_SUBSCRIBED_TO_TOPIC);
                } else if (groups.offsets()
                        .offset(request.group(), topic, partition)
                        .isPresent()) {
                    turn.write(new GroupRecord.OffsetRemoved(request.group(), topic, partition));
                }
            }
        });
        turn.answer(ticket, new GroupResponse.OffsetsChanged(Map.copyOf(errors)));
    }

    void deleteGroup(GroupRequest.DeleteGroup request, long ticket, Turn turn) {
        Optional<Group> group = groups.find(request.group());
        if (group.isEmpty()) {
            unknownGroup(request, ticket, turn);
        } else if (!group.get().isEmpty()) {
            turn.fail(
                    ticket,
                    GroupError.NON_EMPTY_GROUP,
                    "Group " + request.group() + " has members; only an empty group can be deleted.");
        } else {
            groups.forget(group.get(), turn);
            turn.answer(ticket, new GroupResponse.Done());
        }
    }

    private static void unknownGroup(GroupRequest request, long ticket, Turn turn) {
        turn.fail(ticket, GroupError.GROUP_ID_NOT_FOUND, "Group " + request.group() + " not found.");
    }
}
