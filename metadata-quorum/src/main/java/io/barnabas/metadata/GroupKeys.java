package io.barnabas.metadata;

import io.barnabas.metadata.rules.group.GroupRecord;
import io.barnabas.metadata.rules.group.GroupShards;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Keys of the group store, all numbers big-endian:
 *
 * <pre>
 *   membership  shard (2 bytes), length of the group's id (4), group, kind (1), what tells records of the kind apart
 *   offsets     shard (2), length (4), group, length of the topic's name (4), topic, partition (4)
 * </pre>
 *
 * <p>Everything of a group, and of a shard, is one range.
 */
final class GroupKeys {

    private static final byte CLASSIC_GROUP = 1;
    private static final byte CONSUMER_GROUP = 2;
    private static final byte CONSUMER_MEMBER = 3;
    private static final byte TARGET_ASSIGNMENT = 4;
    private static final byte CURRENT_ASSIGNMENT = 5;
    private static final byte RESOLVED_REGEX = 6;

    private GroupKeys() {}

    static byte[] shard(int shard) {
        return ByteBuffer.allocate(Short.BYTES).putShort((short) shard).array();
    }

    static byte[] group(String group) {
        byte[] id = group.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Short.BYTES + Integer.BYTES + id.length)
                .putShort((short) GroupShards.of(group))
                .putInt(id.length)
                .put(id)
                .array();
    }

    /** The first key after all that begin with the prefix, which is not the last one possible. */
    static byte[] after(byte[] prefix) {
        int last = prefix.length - 1;
        while (prefix[last] == (byte) 0xff) {
            last--;
        }
        byte[] next = Arrays.copyOf(prefix, last + 1);
        next[last]++;
        return next;
    }

    static byte[] classicGroup(String group) {
        return membership(group, CLASSIC_GROUP, "");
    }

    static byte[] consumerGroup(String group) {
        return membership(group, CONSUMER_GROUP, "");
    }

    static byte[] consumerMember(String group, String memberId) {
        return membership(group, CONSUMER_MEMBER, memberId);
    }

    static byte[] targetAssignment(String group, String memberId) {
        return membership(group, TARGET_ASSIGNMENT, memberId);
    }

    static byte[] currentAssignment(String group, String memberId) {
        return membership(group, CURRENT_ASSIGNMENT, memberId);
    }

    static byte[] resolvedRegex(String group, String regex) {
        return membership(group, RESOLVED_REGEX, regex);
    }

    private static byte[] membership(String group, byte kind, String name) {
        byte[] prefix = group(group);
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(prefix.length + 1 + bytes.length)
                .put(prefix)
                .put(kind)
                .put(bytes)
                .array();
    }

    static byte[] offset(String group, String topic, int partition) {
        byte[] prefix = group(group);
        byte[] name = topic.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(prefix.length + Integer.BYTES + name.length + Integer.BYTES)
                .put(prefix)
                .putInt(name.length)
                .put(name)
                .putInt(partition)
                .array();
    }

    /** Where an offset belongs. */
    record Place(String topic, int partition) {}

    /**
     * Reads the rest of an {@link #offset} key.
     *
     * @param prefixLength of the key of its group
     */
    static Place place(byte[] key, int prefixLength) {
        ByteBuffer rest = ByteBuffer.wrap(key).position(prefixLength);
        byte[] name = new byte[rest.getInt()];
        rest.get(name);
        return new Place(new String(name, StandardCharsets.UTF_8), rest.getInt());
    }

    /** The key that a record is the newest value of. */
    static byte[] of(GroupRecord record) {
        return switch (record) {
            case GroupRecord.ClassicGroupState r -> classicGroup(r.group());
            case GroupRecord.ConsumerGroupState r -> consumerGroup(r.group());
            case GroupRecord.ConsumerMemberState r -> consumerMember(r.group(), r.memberId());
            case GroupRecord.TargetAssignment r -> targetAssignment(r.group(), r.memberId());
            case GroupRecord.CurrentAssignment r -> currentAssignment(r.group(), r.memberId());
            case GroupRecord.ResolvedRegex r -> resolvedRegex(r.group(), r.regex());
            case GroupRecord.RegexRemoved r -> resolvedRegex(r.group(), r.regex());
            case GroupRecord.CommittedOffset r -> offset(r.group(), r.topic(), r.partition());
            case GroupRecord.OffsetRemoved r -> offset(r.group(), r.topic(), r.partition());
            case GroupRecord.ConsumerMemberRemoved r -> consumerMember(r.group(), r.memberId());
            case GroupRecord.MembershipRemoved r -> group(r.group());
            case GroupRecord.GroupRemoved r -> group(r.group());
        };
    }
}
