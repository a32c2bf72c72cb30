package io.barnabas.net.kafka.handler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class FetchSessionTest {

    private static final FetchSession.Key A = key(0);
    private static final FetchSession.Key B = key(1);
    private static final FetchSession.Key C = key(2);

    private final FetchSession session = new FetchSession(7, false);

    private static FetchSession.Key key(int partition) {
        return new FetchSession.Key(Uuid.ZERO_UUID, "topic", partition);
    }

    private static FetchSession.Wanted at(long offset) {
        return new FetchSession.Wanted(offset, 100, -1, -1);
    }

    private static Map<FetchSession.Key, FetchSession.Wanted> all(FetchSession.Key... keys) {
        Map<FetchSession.Key, FetchSession.Wanted> wanted = new LinkedHashMap<>();
        for (FetchSession.Key key : keys) {
            wanted.put(key, at(0));
        }
        return wanted;
    }

    @Test
    void requestsMustComeInOrder() {
        assertThat(session.advance(2)).isFalse();
        assertThat(session.advance(1)).isTrue();
        assertThat(session.advance(1)).isFalse();
        assertThat(session.advance(2)).isTrue();
    }

    @Test
    void theEpochAfterTheLargestIsOne() {
        FetchSession old = new FetchSession(1, false, Integer.MAX_VALUE);
        assertThat(old.advance(Integer.MAX_VALUE)).isTrue();
        assertThat(old.advance(1)).isTrue();
    }

    @Test
    void anIncrementalRequestChangesOnlyWhatItNames() {
        session.update(all(A, B, C), List.of());
        session.update(Map.of(B, at(5)), List.of(C));

        assertThat(session.wanted()).containsExactly(Map.entry(A, at(0)), Map.entry(B, at(5)));
    }

    @Test
    void onlyNewsIsTold() {
        session.update(all(A), List.of());

        assertThat(session.tell(A, false, false, 10, 0)).as("never told before").isTrue();
        assertThat(session.tell(A, false, false, 10, 0)).as("the same again").isFalse();
        assertThat(session.tell(A, false, false, 11, 0))
                .as("a new high watermark")
                .isTrue();
        assertThat(session.tell(A, false, false, 11, 3)).as("a new start").isTrue();
        assertThat(session.tell(A, true, false, 11, 3)).as("records").isTrue();
        assertThat(session.tell(A, false, true, -1, -1)).as("an error").isTrue();
        assertThat(session.tell(A, false, false, 11, 3))
                .as("the bounds after an error")
                .isTrue();
    }

    @Test
    void thoseServedGoToTheEndOfTheLine() {
        session.update(all(A, B, C), List.of());
        session.tell(A, true, false, 1, 0);

        assertThat(session.wanted().keySet()).containsExactly(B, C, A);
    }

    @Test
    void aNewSessionTakesAFreeSlot() {
        FetchSessions sessions = new FetchSessions(2);
        FetchSession first = sessions.create(false, 0).orElseThrow();
        FetchSession second = sessions.create(true, 0).orElseThrow();

        assertThat(first.id()).isNotEqualTo(second.id());
        assertThat(sessions.find(second.id(), 0)).containsSame(second);
    }

    @Test
    void sessionsInUseAreNotEvicted() {
        FetchSessions sessions = new FetchSessions(1);
        FetchSession first = sessions.create(false, 0).orElseThrow();
        sessions.find(first.id(), FetchSessions.IDLE_MS - 1);

        assertThat(sessions.create(false, FetchSessions.IDLE_MS)).isEmpty();
        assertThat(sessions.find(first.id(), FetchSessions.IDLE_MS)).containsSame(first);
    }

    @Test
    void theOneIdleLongestMakesRoom() {
        FetchSessions sessions = new FetchSessions(2);
        FetchSession first = sessions.create(false, 0).orElseThrow();
        FetchSession second = sessions.create(false, 1).orElseThrow();
        sessions.find(first.id(), 2);

        assertThat(sessions.create(false, FetchSessions.IDLE_MS + 1)).isPresent();
        assertThat(sessions.find(second.id(), FetchSessions.IDLE_MS + 1)).isEmpty();
        assertThat(sessions.find(first.id(), FetchSessions.IDLE_MS + 1)).isPresent();
        assertThat(sessions.size()).isEqualTo(2);
    }

    @Test
    void noSlotsMeanNoSessions() {
        assertThat(new FetchSessions(0).create(false, 0)).isEmpty();
    }
}
