package io.barnabas.chaos.rules.check;

import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Event;
import io.barnabas.chaos.rules.history.Observer;
import io.barnabas.chaos.rules.history.Operation;
import io.barnabas.chaos.rules.history.Records;
import io.barnabas.chaos.rules.history.Result;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * What was sent, acknowledged and read in a run: the memory that the checkers of records share.
 *
 * <p>About 48 bytes per send and 16 per offset, so 64 per record (80 with acks=1), and one bit per record and final
 * reader: 2 GB for 30 million records.
 */
public final class LogRecords implements Observer {

    private final SentRecords sent = new SentRecords();
    private final Map<TopicPartition, PartitionRecords> partitions = new LinkedHashMap<>();
    private final Map<String, Event.TopicDeclared> topics = new LinkedHashMap<>();
    private final LongColumn invokedNs = new LongColumn();
    private final LongColumn acknowledgedNs = new LongColumn();
    private final LongColumn finallySeen = new LongColumn();
    private final LongColumn acknowledgedNowhere = new LongColumn();

    @Override
    public void declared(Event.TopicDeclared topic) {
        topics.put(topic.topic(), topic);
    }

    @Override
    public void invoked(Event.Invocation invocation) {
        if (invocation.call() instanceof Call.Send send) {
            sent.add(send);
        }
    }

    @Override
    public void completed(Operation operation) {
        switch (operation.call()) {
            case Call.Send send -> ended(send, operation);
            case Call.Poll poll
            when operation.result() instanceof Result.Ok(Answer.Polled polled) ->
                polled(operation.client(), poll, polled);
            default -> {}
        }
    }

    private void ended(Call.Send send, Operation operation) {
        int number = sent.find(send.value());
        switch (operation.result()) {
            case Result.Ok(Answer.Sent(long offset)) -> {
                sent.acknowledged(number);
                if (send.acks() == Call.Acks.LEADER) {
                    invokedNs.set(number, operation.invocation().timeNs());
                    acknowledgedNs.set(number, operation.completion().timeNs());
                }
                if (offset >= 0) {
                    partition(send.partition()).acknowledge(offset, number);
                } else {
                    acknowledgedNowhere.setBit(number);
                }
            }
            case Result.Failed failed -> sent.failed(number);
            default -> {}
        }
    }

    private void polled(int client, Call.Poll poll, Answer.Polled polled) {
        PartitionRecords partition = partition(poll.partition());
        boolean isFinal = poll.reading() == Call.Reading.FINAL;
        if (isFinal) {
            partition.finalReading(client, poll).took(polled);
        }
        Records records = polled.records();
        for (int i = 0; i < records.size(); i++) {
            long offset = records.offset(i);
            int send = partition.read(offset, records.value(i), records.timestamp(i));
            int acknowledged = partition.acknowledged().get(offset);
            if (isFinal && (acknowledged == 0 || acknowledged == send + 1)) {
                partition.finalReading(client, poll).saw(offset);
            }
            if (isFinal && send >= 0) {
                finallySeen.setBit(send);
            }
        }
    }

    /** What is known of a partition, perhaps nothing. */
    PartitionRecords partition(TopicPartition partition) {
        return partitions.computeIfAbsent(partition, p -> {
            Event.TopicDeclared topic = topics.get(p.topic());
            return new PartitionRecords(p, sent, topic != null && topic.compacted(), topic != null && topic.trimmed());
        });
    }

    SentRecords sent() {
        return sent;
    }

    /** All partitions of which something was acknowledged or read. */
    Collection<PartitionRecords> partitions() {
        return partitions.values();
    }

    /** When a send of acks=1 that was acknowledged was invoked. */
    long invokedNs(int send) {
        return invokedNs.get(send);
    }

    /** When a send of acks=1 was acknowledged. */
    long acknowledgedNs(int send) {
        return acknowledgedNs.get(send);
    }

    /** Whether the send was seen by any final reader. */
    boolean wasFinallySeen(int send) {
        return finallySeen.bit(send);
    }

    /** Whether the send was acknowledged without saying where it lies. */
    boolean wasAcknowledgedNowhere(int send) {
        return acknowledgedNowhere.bit(send);
    }
}
