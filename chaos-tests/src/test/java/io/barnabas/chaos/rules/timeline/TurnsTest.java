package io.barnabas.chaos.rules.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.chaos.rules.check.Unavailability;
import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Event;
import io.barnabas.chaos.rules.history.RecordedHistory;
import io.barnabas.chaos.rules.history.Replay;
import io.barnabas.chaos.rules.history.Result;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Times are in ms; more than 100 ms without an acknowledgement are a time of unavailability. */
class TurnsTest {

    private static final long MS = 1_000_000;
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);

    private final RecordedHistory history = new RecordedHistory();
    private long operations;
    private long faults;

    @Test
    void operationsAndSilencesBelongToTheTurnInWhichTheyBegan() {
        write(0, 10);
        turn(20, "kill");
        fault(21);
        send(30, 400);
        write(410, 420);
        turn(500, "freeze");
        fault(501);
        fault(502);
        send(510, 520);
        turn(600, "");
        send(610, 1_000);

        List<Turns.Turn> turns = turns();

        assertThat(turns).extracting(Turns.Turn::scenario).containsExactly("kill", "freeze");
        assertThat(turns).extracting(Turns.Turn::faults).containsExactly(1, 2);
        Turns.Turn kill = turns.getFirst();
        assertThat(kill.all().operations()).isEqualTo(2);
        assertThat(kill.shares()).containsOnlyKeys("orders", "registers");
        assertThat(kill.shares().get("orders").operations()).isEqualTo(1);
        assertThat(kill.shares().get("orders").unavailable().maxNs()).isEqualTo(370 * MS);
        assertThat(kill.shares().get("registers").unavailable().count()).isZero();
        Turns.Turn freeze = turns.getLast();
        assertThat(freeze.all().operations()).isEqualTo(1);
        assertThat(freeze.all().unavailable().count()).isZero();
    }

    private List<Turns.Turn> turns() {
        Turns turns = new Turns(List.of("orders", "registers"));
        Unavailability unavailability = new Unavailability(100 * MS);
        Replay.of(history, List.of(turns, unavailability));
        return turns.turns(unavailability);
    }

    private void turn(long atMs, String scenario) {
        history.add(new Event.TurnBegin(atMs * MS, scenario));
    }

    private void fault(long atMs) {
        history.add(new Event.FaultBegin(atMs * MS, ++faults, "kill", List.of("node 1")));
    }

    private void send(long fromMs, long toMs) {
        operations++;
        call(
                fromMs,
                toMs,
                new Call.Send(ORDERS, 1, operations, operations, -1, Call.Acks.ALL, true),
                new Answer.Sent(0));
    }

    private void write(long fromMs, long toMs) {
        operations++;
        call(fromMs, toMs, new Call.RegisterWrite("registers-1", operations), new Answer.Done());
    }

    private void call(long fromMs, long toMs, Call call, Answer answer) {
        history.add(new Event.Invocation(fromMs * MS, operations, 1, call));
        history.add(new Event.Completion(toMs * MS, operations, new Result.Ok(answer)));
    }
}
