package io.barnabas.metadata.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.group.CommittedOffsets;
import io.barnabas.metadata.rules.group.GroupError;
import io.barnabas.metadata.rules.group.GroupMachine;
import io.barnabas.metadata.rules.group.GroupRecord;
import io.barnabas.metadata.rules.group.GroupRequest;
import io.barnabas.metadata.rules.group.GroupResponse;
import io.barnabas.metadata.rules.group.GroupSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ShardTest {

    private static final GroupResponse LOST =
            new GroupResponse.Failed(GroupError.NOT_COORDINATOR, "another node coordinates the group now");

    private final CommittedOffsets empty = new CommittedOffsets() {
        @Override
        public List<GroupRecord.CommittedOffset> offsets(String group) {
            return List.of();
        }

        @Override
        public Optional<GroupRecord.CommittedOffset> offset(String group, String topic, int partition) {
            return Optional.empty();
        }
    };
    private final Shard.Moment moment = new Shard.Moment() {
        @Override
        public long nowMs() {
            return 1_000;
        }

        @Override
        public MetadataImage image() {
            return MetadataImage.EMPTY;
        }
    };
    private final Shard shard = new Shard(3, 17);

    @Test
    void whatIsAskedWhileItIsReadWaits() {
        CompletableFuture<GroupResponse> early = ask(commit(0, 5));
        assertThat(early).isNotDone();
        assertThat(shard.hasUnsent()).isFalse();
        load();
        assertThat(shard.hasUnsent()).isTrue();
        sendAndCommit();
        assertThat(early).isCompletedWithValueMatching(GroupResponse.OffsetsChanged.class::isInstance);
    }

    @Test
    void anAnswerWaitsForTheRecordsBeforeItAndAReadForThoseUnderWay() {
        load();
        CompletableFuture<GroupResponse> first = ask(commit(0, 5));
        List<GroupRecord> sent = send(Long.MAX_VALUE);
        CompletableFuture<GroupResponse> second = ask(commit(1, 6));
        CompletableFuture<GroupResponse> read =
                ask(new GroupRequest.ReadOffsets("g", Optional.empty(), GroupRequest.NO_GENERATION, Optional.empty()));
        assertThat(List.of(first, second, read)).noneMatch(CompletableFuture::isDone);
        shard.committed(sent.size());
        assertThat(first).isDone();
        assertThat(List.of(second, read)).noneMatch(CompletableFuture::isDone);
        sendAndCommit();
        assertThat(second).isDone();
        assertThat(read).isDone();
    }

    @Test
    void aCommandTakesAtLeastOneRecordAndNoMoreThanFit() {
        load();
        for (int partition = 0; partition < 5; partition++) {
            ask(commit(partition, 1));
        }
        int all = send(Long.MAX_VALUE).size();
        assertThat(all).isGreaterThanOrEqualTo(5);
        for (int partition = 0; partition < 5; partition++) {
            ask(commit(partition, 2));
        }
        assertThat(send(1)).hasSize(1);
        int left = send(Long.MAX_VALUE).size();
        assertThat(left).isEqualTo(4);
        assertThat(shard.hasUnsent()).isFalse();
    }

    @Test
    void losingItEndsAllThatWaits() {
        CompletableFuture<GroupResponse> loading = ask(commit(0, 5));
        load();
        CompletableFuture<GroupResponse> unsent = ask(commit(1, 5));
        CompletableFuture<GroupResponse> read =
                ask(new GroupRequest.ReadOffsets("g", Optional.empty(), GroupRequest.NO_GENERATION, Optional.empty()));
        shard.lost(GroupError.NOT_COORDINATOR, "another node coordinates the group now");
        assertThat(List.of(loading, unsent, read)).allMatch(answer -> LOST.equals(answer.getNow(null)));
    }

    private void load() {
        shard.loaded(new GroupMachine(GroupSettings.DEFAULT, empty, () -> new UUID(1, 1)), 1_000);
    }

    private CompletableFuture<GroupResponse> ask(GroupRequest request) {
        CompletableFuture<GroupResponse> answer = new CompletableFuture<>();
        shard.ask(request, answer, moment);
        return answer;
    }

    private List<GroupRecord> send(long roomBytes) {
        List<GroupRecord> records = new ArrayList<>();
        shard.send(roomBytes, records);
        return records;
    }

    private void sendAndCommit() {
        shard.committed(send(Long.MAX_VALUE).size());
    }

    private static GroupRequest commit(int partition, long offset) {
        return new GroupRequest.CommitOffsets(
                "g",
                "",
                Optional.empty(),
                GroupRequest.NO_GENERATION,
                Optional.empty(),
                List.of(new GroupRequest.OffsetToCommit(new UUID(7, 7), "topic", partition, offset, -1, "")));
    }
}
