package io.barnabas.chaos.rules.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.chaos.rules.check.Unavailability.Distribution;
import io.barnabas.chaos.rules.check.Unavailability.Window;
import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Result;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every event of a script takes 1 ms; the threshold is 100 ms. */
class UnavailabilityTest {

    private final Script script = new Script();

    private Unavailability measured() {
        return script.examine().unavailability();
    }

    @Test
    void quickAcknowledgementsAndTimesWithoutSendsAreNoWindows() {
        script.acked(11, 0).passTime(1000).acked(12, 1).passTime(1000).acked(13, 2);
        assertThat(measured().windows()).isEmpty();
        assertThat(measured().distribution()).isEqualTo(new Distribution(0, 0, 0, 0, 0, 0));
    }

    @Test
    void aSlowAcknowledgementIsAWindow() {
        long send = script.begin(1, script.send(11, -1, Call.Acks.ALL));
        script.passTime(199).ok(send, new Answer.Sent(0));
        assertThat(measured().windows()).containsExactly(window(1, 201, false));
    }

    @Test
    void failuresBelongToTheWindowThatTheNextAcknowledgementEnds() {
        script.acked(11, 0)
                .passTime(10)
                .failed(12)
                .passTime(100)
                .timedOut(13)
                .passTime(100)
                .acked(14, 1);
        assertThat(measured().windows()).containsExactly(window(13, 218, false));
    }

    @Test
    void aWindowBeginsAtTheLastAcknowledgementWhenSendsAreUnderWay() {
        long first = script.begin(1, script.send(11, -1, Call.Acks.ALL));
        long second = script.begin(1, script.send(12, -1, Call.Acks.ALL));
        script.ok(first, new Answer.Sent(0)).passTime(149).ok(second, new Answer.Sent(1));
        assertThat(measured().windows()).containsExactly(window(3, 153, false));
    }

    @Test
    void aPartitionThatNeverComesBackIsAWindowUntilTheEnd() {
        script.timedOut(11).passTime(500).failed(12);
        assertThat(measured().windows()).containsExactly(window(1, 504, true));
        assertThat(measured().distribution().open()).isEqualTo(1);
    }

    @Test
    void aTopicThatIsDeletedIsNotWaitedFor() {
        long send = script.begin(1, script.send(11, -1, Call.Acks.ALL));
        script.passTime(500);
        long delete = script.begin(2, new Call.DeleteTopic("orders"));
        script.ok(delete, new Answer.Done()).end(send, new Result.Failed("UNKNOWN_TOPIC_OR_PARTITION"));
        assertThat(measured().windows()).isEmpty();
    }

    @Test
    void theDistributionNamesRealWindows() {
        List<Window> windows = new ArrayList<>();
        for (int ms = 200; ms >= 1; ms--) {
            windows.add(window(0, ms, ms == 7));
        }
        assertThat(Distribution.of(windows))
                .isEqualTo(new Distribution(
                        200, 100 * Script.MS, 198 * Script.MS, 200 * Script.MS, 20_100 * Script.MS, 1));
    }

    private static Window window(long fromMs, long toMs, boolean isOpen) {
        return new Window(Script.P, fromMs * Script.MS, toMs * Script.MS, isOpen);
    }
}
