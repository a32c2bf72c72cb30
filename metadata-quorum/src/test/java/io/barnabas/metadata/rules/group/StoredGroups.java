package io.barnabas.metadata.rules.group;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Keeps the newest value of every key in memory, as the store of a node does on disk. */
final class StoredGroups implements CommittedOffsets {

    private final Map<String, Map<List<Object>, GroupRecord>> byGroup = new TreeMap<>();

    void apply(GroupRecord record) {
        Map<List<Object>, GroupRecord> group = byGroup.computeIfAbsent(record.group(), id -> new LinkedHashMap<>());
        switch (record) {
            case GroupRecord.ClassicGroupState state -> group.put(List.of("classic"), state);
            case GroupRecord.ConsumerGroupState state -> group.put(List.of("consumer"), state);
            case GroupRecord.ConsumerMemberState state -> group.put(List.of("member", state.memberId()), state);
            case GroupRecord.TargetAssignment target -> group.put(List.of("target", target.memberId()), target);
            case GroupRecord.CurrentAssignment current -> group.put(List.of("current", current.memberId()), current);
            case GroupRecord.ResolvedRegex regex -> group.put(List.of("regex", regex.regex()), regex);
            case GroupRecord.CommittedOffset offset -> group.put(key(offset.topic(), offset.partition()), offset);
            case GroupRecord.OffsetRemoved removed -> group.remove(key(removed.topic(), removed.partition()));
            case GroupRecord.ConsumerMemberRemoved removed -> {
                group.remove(List.of("member", removed.memberId()));
                group.remove(List.of("target", removed.memberId()));
                group.remove(List.of("current", removed.memberId()));
            }
            case GroupRecord.RegexRemoved removed -> group.remove(List.of("regex", removed.regex()));
            case GroupRecord.MembershipRemoved removed ->
                group.values().removeIf(value -> !(value instanceof GroupRecord.CommittedOffset));
            case GroupRecord.GroupRemoved removed -> byGroup.remove(removed.group());
        }
    }

    /** What a coordinator loads. */
    List<GroupRecord.Membership> memberships() {
        List<GroupRecord.Membership> memberships = new ArrayList<>();
        for (Map<List<Object>, GroupRecord> group : byGroup.values()) {
            for (GroupRecord record : group.values()) {
                if (record instanceof GroupRecord.Membership membership) {
                    memberships.add(membership);
                }
            }
        }
        return memberships;
    }

    @Override
    public List<GroupRecord.CommittedOffset> offsets(String group) {
        return byGroup.getOrDefault(group, Map.of()).values().stream()
                .filter(GroupRecord.CommittedOffset.class::isInstance)
                .map(GroupRecord.CommittedOffset.class::cast)
                .toList();
    }

    @Override
    public Optional<GroupRecord.CommittedOffset> offset(String group, String topic, int partition) {
        return Optional.ofNullable((GroupRecord.CommittedOffset)
                byGroup.getOrDefault(group, Map.of()).get(key(topic, partition)));
    }

    private static List<Object> key(String topic, int partition) {
        return List.of("offset", topic, partition);
    }
}
