package io.barnabas.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.log.rules.BatchCheck;
import io.barnabas.log.rules.Batches;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.apache.kafka.common.record.internal.CompressionType;
import org.junit.jupiter.api.Test;

class AppendIntakeTest {

    private static final LogConfig AS_SENT = LogConfig.DEFAULT;
    private static final LogConfig GZIP = AS_SENT.with(new LogConfig.Compression("gzip", -1, 9, 3));

    private final Deque<Runnable> worker = new ArrayDeque<>();
    private final List<Integer> appended = new ArrayList<>();
    private final AppendIntake intake = new AppendIntake(worker::add, () -> 5_000);

    private CompletableFuture<AppendOutcome> take(LogConfig config, ByteBuffer batch) {
        return intake.take(batch, config, this::append);
    }

    private CompletableFuture<AppendOutcome> append(BatchCheck.Valid valid) {
        int records = valid.header().recordCount();
        if (records == 7) {
            throw new IllegalStateException("seven");
        }
        appended.add(records);
        return CompletableFuture.completedFuture(new AppendOutcome.Appended(records, 0, valid.logAppendTimeMs()));
    }

    private static ByteBuffer batch(int records) {
        return Batches.at(CompressionType.NONE, 10, new long[records]);
    }

    @Test
    void plainBatchesAreAppendedAtOnce() {
        assertThat(take(AS_SENT, batch(1))).isCompletedWithValue(new AppendOutcome.Appended(1, 0, -1));
        assertThat(worker).isEmpty();
    }

    @Test
    void nothingOvertakesABatchThatIsConverted() {
        CompletableFuture<AppendOutcome> converted = take(GZIP, batch(1));
        CompletableFuture<AppendOutcome> plain = take(AS_SENT, batch(2));
        CompletableFuture<AppendOutcome> another = take(GZIP, batch(3));
        assertThat(appended).isEmpty();
        assertThat(worker).hasSize(1);
        worker.remove().run();
        assertThat(appended).containsExactly(1, 2, 3);
        assertThat(List.of(converted, plain, another)).allMatch(CompletableFuture::isDone);
        take(AS_SENT, batch(4));
        assertThat(appended).containsExactly(1, 2, 3, 4);
    }

    @Test
    void aBatchThatFailsDoesNotHoldUpTheNext() {
        CompletableFuture<AppendOutcome> failing = take(GZIP, batch(7));
        CompletableFuture<AppendOutcome> next = take(GZIP, batch(2));
        worker.remove().run();
        assertThat(failing).isCompletedExceptionally();
        assertThat(next).isCompleted();
    }

    @Test
    void aBadBatchIsRefusedWithoutWaiting() {
        take(GZIP, batch(1));
        assertThat(take(GZIP, ByteBuffer.allocate(5)))
                .isCompletedWithValueMatching(outcome -> outcome instanceof AppendOutcome.Refused refused
                        && refused.reason() == AppendRefusal.CORRUPT_BATCH);
        worker.remove().run();
    }

    @Test
    void aWorkerThatStopsLeavesNothingWaiting() {
        AppendIntake stopping = new AppendIntake(
                task -> {
                    throw new RejectedExecutionException();
                },
                () -> 0);
        assertThat(stopping.take(batch(1), GZIP, this::append)).isCompleted();
    }
}
