package io.barnabas.net.kafka.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.log.AppendOutcome;
import io.barnabas.log.AppendRefusal;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AppendDeadlineTest {

    private static final AppendOutcome DONE = new AppendOutcome.Appended(7, 0, -1);

    /** Time stands still on its event loop until the test moves it. */
    private final EmbeddedChannel channel = new EmbeddedChannel();

    private final EventLoop timer = channel.eventLoop();
    private final AppendDeadline deadline = new AppendDeadline(30);
    private final CompletableFuture<AppendOutcome> quick = deadline.limit(new CompletableFuture<>());
    private final CompletableFuture<AppendOutcome> slow = deadline.limit(new CompletableFuture<>());

    AppendDeadlineTest() {
        channel.freezeTime();
    }

    @Test
    void refusesWhatIsLateAndNothingElse() {
        deadline.start(timer, CompletableFuture.allOf(quick, slow));
        quick.complete(DONE);

        pass(29);
        assertThat(slow).isNotDone();
        pass(1);

        assertThat(quick).isCompletedWithValue(DONE);
        assertThat(slow.join()).isInstanceOfSatisfying(AppendOutcome.Refused.class, refused -> {
            assertThat(refused.reason()).isEqualTo(AppendRefusal.TIMED_OUT);
            assertThat(refused.message()).contains("30 ms");
        });
    }

    @Test
    void leavesNoTimerBehindWhenAllIsDone() {
        deadline.start(timer, CompletableFuture.allOf(quick, slow));

        quick.complete(DONE);
        slow.complete(DONE);

        assertThat(channel.runScheduledPendingTasks()).isEqualTo(-1);
    }

    @Test
    void startsNoTimerForWhatIsDoneAlready() {
        quick.complete(DONE);
        slow.complete(DONE);

        deadline.start(timer, CompletableFuture.allOf(quick, slow));

        assertThat(channel.runScheduledPendingTasks()).isEqualTo(-1);
    }

    private void pass(long ms) {
        channel.advanceTimeBy(ms, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
    }
}
