package io.barnabas.metadata.rules.group;

import com.google.protobuf.ByteString;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Draws group records of all kinds, whose keys meet often. */
public final class RandomRecords {

    private final SplittableRandom random;

    public RandomRecords(SplittableRandom random) {
        this.random = random;
    }

    /** Any record of the group. */
    public GroupRecord next(String group) {
        return switch (random.nextInt(20)) {
            case 0, 1 -> classic(group);
            case 2 ->
                new GroupRecord.ConsumerGroupState(
                        group, random.nextInt(), random.nextInt(), random.nextLong(), random.nextLong());
            case 3, 4 -> consumerMember(group);
            case 5 -> new GroupRecord.TargetAssignment(group, text(), partitions());
            case 6, 7 ->
                new GroupRecord.CurrentAssignment(
                        group, text(), random.nextInt(), random.nextInt(), text(), partitions(), partitions());
            case 8 -> new GroupRecord.ResolvedRegex(group, text(), texts(), random.nextLong(), random.nextLong());
            case 9 -> new GroupRecord.OffsetRemoved(group, text(), random.nextInt(-1, 4));
            case 10 -> new GroupRecord.ConsumerMemberRemoved(group, text());
            case 11 -> new GroupRecord.RegexRemoved(group, text());
            case 12 -> new GroupRecord.MembershipRemoved(group);
            case 13 -> new GroupRecord.GroupRemoved(group);
            default -> offset(group);
        };
    }

    private GroupRecord classic(String group) {
        return new GroupRecord.ClassicGroupState(
                group,
                text(),
                maybe(this::text),
                maybe(this::text),
                random.nextInt(),
                random.nextLong(),
                Stream.generate(() -> new GroupRecord.ClassicMemberState(
                                text(),
                                maybe(this::text),
                                text(),
                                text(),
                                random.nextInt(),
                                random.nextInt(),
                                protocols(),
                                bytes()))
                        .limit(random.nextInt(4))
                        .toList());
    }

    private GroupRecord consumerMember(String group) {
        return new GroupRecord.ConsumerMemberState(
                group,
                text(),
                maybe(this::text),
                maybe(this::text),
                text(),
                text(),
                random.nextInt(),
                texts(),
                maybe(this::text),
                maybe(this::text),
                maybe(() -> new GroupRecord.ClassicSide(random.nextInt(), protocols())));
    }

    private GroupRecord offset(String group) {
        return new GroupRecord.CommittedOffset(
                group,
                new UUID(random.nextLong(), random.nextLong()),
                text(),
                random.nextInt(-1, 4),
                random.nextLong(),
                random.nextInt(-1, 10),
                text(),
                random.nextLong(),
                maybe(random::nextLong));
    }

    private List<GroupRequest.Protocol> protocols() {
        return Stream.generate(() -> new GroupRequest.Protocol(text(), bytes()))
                .limit(random.nextInt(3))
                .toList();
    }

    private Map<UUID, Set<Integer>> partitions() {
        Map<UUID, Set<Integer>> partitions = new HashMap<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            partitions.put(
                    new UUID(random.nextLong(), random.nextLong()), Set.of(random.nextInt(9), random.nextInt(9, 99)));
        }
        return partitions;
    }

    private Set<String> texts() {
        return new HashSet<>(
                Stream.generate(this::text).limit(random.nextInt(4)).toList());
    }

    private ByteString bytes() {
        byte[] bytes = new byte[random.nextInt(20)];
        random.nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }

    private <T> Optional<T> maybe(Supplier<T> value) {
        return random.nextBoolean() ? Optional.of(value.get()) : Optional.empty();
    }

    private String text() {
        return List.of("", "a", "ab", "a\0b", "Größe", "日本", "x".repeat(300)).get(random.nextInt(7));
    }
}
