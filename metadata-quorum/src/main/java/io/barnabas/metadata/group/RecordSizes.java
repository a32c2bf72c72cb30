package io.barnabas.metadata.group;

import io.barnabas.metadata.rules.group.GroupRecord;
import io.barnabas.metadata.rules.group.GroupRequest.Protocol;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** About how many bytes records take in a command: enough to keep commands far below what Raft carries. */
final class RecordSizes {

    /** Numbers, ids and lengths of one record, rounded up. */
    private static final int FIXED = 64;

    private static final int NUMBER = 5;

    private RecordSizes() {}

    static int of(GroupRecord record) {
        int size = FIXED + record.group().length();
        return switch (record) {
            case GroupRecord.CommittedOffset r ->
                size + r.topic().length() + r.metadata().length();
            case GroupRecord.ClassicGroupState r ->
                size
                        + r.members().stream()
                                .mapToInt(member -> FIXED
                                        + member.memberId().length()
                                        + member.clientId().length()
                                        + member.clientHost().length()
                                        + protocols(member.protocols())
                                        + member.assignment().size())
                                .sum();
            case GroupRecord.ConsumerMemberState r ->
                size
                        + FIXED
                        + r.clientId().length()
                        + r.clientHost().length()
                        + names(r.subscribedTopics())
                        + r.classic().map(side -> protocols(side.protocols())).orElse(0);
            case GroupRecord.TargetAssignment r -> size + FIXED + partitions(r.partitions());
            case GroupRecord.CurrentAssignment r -> size + FIXED + partitions(r.assigned()) + partitions(r.revoking());
            case GroupRecord.ResolvedRegex r -> size + r.regex().length() + names(r.topics());
            case GroupRecord.ConsumerGroupState r -> size;
            case GroupRecord.OffsetRemoved r -> size + r.topic().length();
            case GroupRecord.ConsumerMemberRemoved r -> size + r.memberId().length();
            case GroupRecord.RegexRemoved r -> size + r.regex().length();
            case GroupRecord.MembershipRemoved r -> size;
            case GroupRecord.GroupRemoved r -> size;
        };
    }

    private static int protocols(List<Protocol> protocols) {
        return protocols.stream()
                .mapToInt(protocol ->
                        NUMBER + protocol.name().length() + protocol.metadata().size())
                .sum();
    }

    private static int names(Collection<String> names) {
        return names.stream().mapToInt(name -> NUMBER + name.length()).sum();
    }

    private static int partitions(Map<UUID, Set<Integer>> partitions) {
        return partitions.values().stream()
                .mapToInt(numbers -> FIXED + NUMBER * numbers.size())
                .sum();
    }
}
