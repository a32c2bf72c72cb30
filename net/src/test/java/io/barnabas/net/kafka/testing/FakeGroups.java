package io.barnabas.net.kafka.testing;

import io.barnabas.metadata.MetadataQuorum;
import io.barnabas.metadata.group.GroupCoordinator;
import io.barnabas.metadata.rules.group.CommittedOffsets;
import io.barnabas.metadata.rules.group.GroupMachine;
import io.barnabas.metadata.rules.group.GroupRecord;
import io.barnabas.metadata.rules.group.GroupRecord.CommittedOffset;
import io.barnabas.metadata.rules.group.GroupRequest;
import io.barnabas.metadata.rules.group.GroupResponse;
import io.barnabas.metadata.rules.group.GroupSettings;
import io.barnabas.metadata.rules.group.GroupSummary;
import io.barnabas.metadata.rules.group.Step;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * One shard of groups by the real rules, in memory: records are committed at once, time passes by
 * {@link #advance(long)} alone. Groups begin their first generation without delay.
 */
public final class FakeGroups implements GroupCoordinator, CommittedOffsets {

    private static final GroupSettings SETTINGS = new GroupSettings(
            new GroupSettings.Classic(100, 1_800_000, 0, 10),
            GroupSettings.DEFAULT.consumer(),
            GroupSettings.DEFAULT.offsets());

    private record Key(String group, String topic, int partition) {}

    private final MetadataQuorum quorum;
    private final GroupMachine machine = new GroupMachine(SETTINGS, this, UUID::randomUUID);
    private final Map<Key, CommittedOffset> offsets = new TreeMap<>(
            Comparator.comparing(Key::group).thenComparing(Key::topic).thenComparing(Key::partition));
    private final Map<Long, CompletableFuture<GroupResponse>> waiting = new HashMap<>();
    private long nowMs = 1_000_000;
    private long tickets;

    public FakeGroups(MetadataQuorum quorum) {
        this.quorum = quorum;
        machine.loaded(nowMs);
    }

    @Override
    public synchronized CompletableFuture<GroupResponse> submit(GroupRequest request) {
        CompletableFuture<GroupResponse> answer = new CompletableFuture<>();
        long ticket = tickets++;
        waiting.put(ticket, answer);
        take(machine.handle(request, ticket, nowMs, quorum.image()));
        advance(0);
        return answer;
    }

    /** Lets time pass. */
    public synchronized void advance(long ms) {
        nowMs += ms;
        take(machine.tick(nowMs, quorum.image()));
    }

    private void take(Step step) {
        for (GroupRecord record : step.records()) {
            switch (record) {
                case CommittedOffset offset ->
                    offsets.put(new Key(offset.group(), offset.topic(), offset.partition()), offset);
                case GroupRecord.OffsetRemoved removed ->
                    offsets.remove(new Key(removed.group(), removed.topic(), removed.partition()));
                case GroupRecord.GroupRemoved removed ->
                    offsets.keySet().removeIf(key -> key.group().equals(removed.group()));
                case GroupRecord.Membership membership -> {}
            }
        }
        step.answers().forEach(answer -> waiting.remove(answer.ticket()).complete(answer.response()));
    }

    @Override
    public synchronized CompletableFuture<List<GroupSummary>> list() {
        return CompletableFuture.completedFuture(machine.list());
    }

    @Override
    public synchronized List<CommittedOffset> offsets(String group) {
        return offsets.values().stream()
                .filter(offset -> offset.group().equals(group))
                .toList();
    }

    @Override
    public synchronized Optional<CommittedOffset> offset(String group, String topic, int partition) {
        return Optional.ofNullable(offsets.get(new Key(group, topic, partition)));
    }

    @Override
    public void close() {
        waiting.values().forEach(answer -> answer.cancel(false));
    }
}
