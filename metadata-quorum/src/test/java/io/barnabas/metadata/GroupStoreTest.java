package io.barnabas.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barnabas.metadata.rules.MetadataCommand.ShardRecords;
import io.barnabas.metadata.rules.Seeds;
import io.barnabas.metadata.rules.group.GroupRecord;
import io.barnabas.metadata.rules.group.GroupShards;
import io.barnabas.metadata.rules.group.RandomRecords;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupStoreTest {

    private static final List<String> GROUPS = List.of("", "a", "aa", "a\0", "Größe", "g".repeat(300), "日本");

    @TempDir
    Path directory;

    @Test
    void holdsTheNewestOfEveryKeyWhereverItIsRestored() throws Exception {
        Seeds.run("group store", 5, random -> {
            Path run = directory.resolve("run-" + random.nextLong());
            RandomRecords draw = new RandomRecords(random);
            Map<List<Object>, GroupRecord> model = new HashMap<>();
            Map<List<Object>, GroupRecord> saved = Map.of();
            Optional<Path> checkpoint = Optional.empty();
            try (GroupStore store = new GroupStore()) {
                store.restore(run.resolve("live"), checkpoint);
                for (int step = 0; step < 60; step++) {
                    List<ShardRecords> command = new ArrayList<>();
                    for (int i = random.nextInt(4); i >= 0; i--) {
                        GroupRecord record = draw.next(GROUPS.get(random.nextInt(GROUPS.size())));
                        apply(model, record);
                        command.add(shard(record.group(), List.of(record)));
                    }
                    store.apply(command);
                    if (random.nextInt(10) == 0) {
                        checkpoint = Optional.of(run.resolve("checkpoint-" + step));
                        store.checkpoint(checkpoint.get());
                        saved = Map.copyOf(model);
                    }
                    if (random.nextInt(10) == 0) {
                        store.restore(run.resolve("live"), checkpoint);
                        model = new HashMap<>(saved);
                    }
                    if (random.nextInt(5) == 0) {
                        check(store, model);
                    }
                }
                check(store, model);
            }
        });
    }

    private static void apply(Map<List<Object>, GroupRecord> model, GroupRecord record) {
        String group = record.group();
        switch (record) {
            case GroupRecord.CommittedOffset r -> model.put(List.of(group, "offset", r.topic(), r.partition()), r);
            case GroupRecord.OffsetRemoved r -> model.remove(List.of(group, "offset", r.topic(), r.partition()));
            case GroupRecord.ClassicGroupState r -> model.put(List.of(group, "classic"), r);
            case GroupRecord.ConsumerGroupState r -> model.put(List.of(group, "consumer"), r);
            case GroupRecord.ConsumerMemberState r -> model.put(List.of(group, "member", r.memberId()), r);
            case GroupRecord.TargetAssignment r -> model.put(List.of(group, "target", r.memberId()), r);
            case GroupRecord.CurrentAssignment r -> model.put(List.of(group, "current", r.memberId()), r);
            case GroupRecord.ResolvedRegex r -> model.put(List.of(group, "regex", r.regex()), r);
            case GroupRecord.RegexRemoved r -> model.remove(List.of(group, "regex", r.regex()));
            case GroupRecord.ConsumerMemberRemoved r ->
                List.of("member", "target", "current")
                        .forEach(kind -> model.remove(List.of(group, kind, r.memberId())));
            case GroupRecord.MembershipRemoved r ->
                model.keySet()
                        .removeIf(key -> key.get(0).equals(group) && !key.get(1).equals("offset"));
            case GroupRecord.GroupRemoved r ->
                model.keySet().removeIf(key -> key.get(0).equals(group));
        }
    }

    private static void check(GroupStore store, Map<List<Object>, GroupRecord> model) {
        for (String group : GROUPS) {
            Set<GroupRecord> offsets = new HashSet<>(model.values());
            offsets.removeIf(record -> !(record instanceof GroupRecord.CommittedOffset offset
                    && offset.group().equals(group)));
            assertThat(store.offsets(group)).containsExactlyInAnyOrderElementsOf(cast(offsets));
            for (int partition = -1; partition < 4; partition++) {
                assertThat(store.offset(group, "a", partition))
                        .isEqualTo(Optional.ofNullable(
                                (GroupRecord.CommittedOffset) model.get(List.of(group, "offset", "a", partition))));
            }
        }
        List<GroupRecord> membership = new ArrayList<>();
        for (int shard = 0; shard < GroupShards.COUNT; shard++) {
            int at = shard;
            store.scan(shard, record -> {
                assertThat(GroupShards.of(record.group())).isEqualTo(at);
                membership.add(record);
            });
        }
        List<GroupRecord> expected = new ArrayList<>(model.values());
        expected.removeIf(record -> record instanceof GroupRecord.CommittedOffset);
        assertThat(membership).containsExactlyInAnyOrderElementsOf(expected);
    }

    private static List<GroupRecord.CommittedOffset> cast(Set<GroupRecord> offsets) {
        return offsets.stream().map(GroupRecord.CommittedOffset.class::cast).toList();
    }

    @Test
    void hundredsOfThousandsOfOffsetsAreNotOnTheHeap() throws Exception {
        int groups = 500;
        int partitions = 800;
        try (GroupStore store = new GroupStore()) {
            store.restore(directory.resolve("live"), Optional.empty());
            long before = usedHeap();
            for (int g = 0; g < groups; g++) {
                String group = "group-" + g;
                store.apply(List.of(shard(
                        group,
                        IntStream.range(0, partitions)
                                .<GroupRecord>mapToObj(p -> offset(group, "topic", p, p * 10L))
                                .toList())));
            }
            assertThat(usedHeap() - before).isLessThan(16 << 20);
            assertThat(store.offsets("group-250"))
                    .hasSize(partitions)
                    .contains(offset("group-250", "topic", 799, 7_990));
            long started = System.nanoTime();
            store.checkpoint(directory.resolve("checkpoint"));
            System.out.println("checkpoint of " + groups * partitions + " offsets: "
                    + (System.nanoTime() - started) / 1_000_000 + " ms");
            store.restore(directory.resolve("live"), Optional.of(directory.resolve("checkpoint")));
            assertThat(store.offset("group-499", "topic", 1)).contains(offset("group-499", "topic", 1, 10));
        }
    }

    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    @Test
    void whatIsClosedSaysSo() throws Exception {
        GroupStore store = new GroupStore();
        store.restore(directory.resolve("live"), Optional.empty());
        store.close();
        assertThatThrownBy(() -> store.offsets("g"))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> store.scan(1, record -> {})).isInstanceOf(UncheckedIOException.class);
    }

    private static ShardRecords shard(String group, List<GroupRecord> records) {
        return new ShardRecords(GroupShards.of(group), 0, records);
    }

    private static GroupRecord.CommittedOffset offset(String group, String topic, int partition, long offset) {
        return new GroupRecord.CommittedOffset(
                group, new UUID(1, 2), topic, partition, offset, 3, "some metadata", 1_000, Optional.empty());
    }
}
