package io.barnabas.chaos.rules.check;

import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Event;
import io.barnabas.chaos.rules.history.Operation;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/**
 * Watches that the log really reached as far as somebody was told: a record that is sent after a log end was told lies
 * at this end or behind it. Keeps one operation per partition, and one per send under way.
 */
final class AppendFloor {

    /** Who told the log end first. */
    record Told(long end, Operation by) {}

    private final Map<TopicPartition, Told> highest = new HashMap<>();
    private final Map<Long, Told> sendsUnderWay = new HashMap<>();

    /** The log of the partition reached to this offset when the operation was over. */
    void told(TopicPartition partition, long end, Operation by) {
        highest.merge(partition, new Told(end, by), (before, now) -> now.end() > before.end() ? now : before);
    }

    /** A send begins: what was told so far holds for it. */
    void invoked(Event.Invocation invocation, Call.Send send) {
        Told told = highest.get(send.partition());
        if (told != null) {
            sendsUnderWay.put(invocation.operation(), told);
        }
    }

    /** Who told a log end that the offset of this send shows to be wrong. */
    Optional<Told> completed(Operation send, long offset) {
        Told told = sendsUnderWay.remove(send.invocation().operation());
        return offset < 0 || told == null || offset >= told.end() ? Optional.empty() : Optional.of(told);
    }

    /** The highest end told of each partition. */
    Map<TopicPartition, Told> highest() {
        return highest;
    }
}
