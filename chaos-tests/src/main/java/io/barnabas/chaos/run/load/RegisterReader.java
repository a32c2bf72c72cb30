package io.barnabas.chaos.run.load;

import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.LongDeserializer;

/**
 * Reads registers of one partition linearizably, which no fetch does by itself: a leader that was frozen may answer
 * before it knows that another has been elected, and what it shows is old. So each read sends a record of its own with
 * acks=all and reads the partition up to it. What was acknowledged before the read began lies before that record; what
 * is sent after the read is over lies behind. For one thread.
 */
final class RegisterReader implements AutoCloseable {

    private static final Duration POLL_TIMEOUT = Duration.ofMillis(100);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final Ledger ledger;
    private final TopicPartition partition;
    private final int client;
    private final KafkaProducer<Long, Long> producer;
    private final KafkaConsumer<Long, Long> consumer;
    private final Map<Long, Long> values = new HashMap<>();
    private long markers;

    RegisterReader(Ledger ledger, String bootstrap, TopicPartition partition) {
        this.ledger = ledger;
        this.partition = partition;
        this.client = ledger.newClient();
        this.producer = RecordSender.producer(bootstrap, Call.Acks.ALL, true);
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrap,
                        ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        RecordSender.REQUEST_TIMEOUT_MS,
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "none"),
                new LongDeserializer(),
                new LongDeserializer());
        consumer.assign(List.of(partition));
        consumer.seek(partition, 0);
    }

    /**
     * Reads these registers at one moment.
     *
     * @return false when nobody answered in time
     */
    boolean read(List<Long> registers, Duration patience) throws InterruptedException {
        long giveUp = System.nanoTime() + patience.toNanos();
        List<Long> operations = new ArrayList<>();
        for (long register : registers) {
            operations.add(ledger.invoked(client, new Call.RegisterRead(RegisterLoad.named(register))));
        }
        try {
            readUpTo(mark(patience), giveUp);
        } catch (ExecutionException e) {
            operations.forEach(operation -> ledger.unanswered(operation, e.getCause()));
            return false;
        } catch (KafkaException | TimeoutException e) {
            operations.forEach(operation -> ledger.unanswered(operation, e));
            return false;
        }
        for (int i = 0; i < operations.size(); i++) {
            long value = values.getOrDefault(registers.get(i), Call.RegisterWrite.ABSENT);
            ledger.answered(operations.get(i), new Answer.RegisterValue(value));
        }
        return true;
    }

    /** Its key is this client's own, and below those of all registers. */
    private long markerKey() {
        return -1L - client;
    }

    private long mark(Duration patience) throws InterruptedException, ExecutionException, TimeoutException {
        long marker = ++markers;
        producer.send(new ProducerRecord<>(partition.topic(), partition.partition(), markerKey(), marker))
                .get(patience.toMillis(), TimeUnit.MILLISECONDS);
        return marker;
    }

    /** A marker is found by its value: the answer to a repeated batch need not name its offset. */
    private void readUpTo(long marker, long giveUp) throws TimeoutException {
        boolean isFound = false;
        while (!isFound) {
            if (System.nanoTime() - giveUp > 0) {
                throw new TimeoutException("marker " + marker + " of client " + client + " was not read in time");
            }
            for (ConsumerRecord<Long, Long> record : consumer.poll(POLL_TIMEOUT)) {
                if (record.key() == markerKey()) {
                    isFound |= record.value() == marker;
                } else if (record.value() == null) {
                    values.remove(record.key());
                } else {
                    values.put(record.key(), record.value());
                }
            }
        }
    }

    @Override
    public void close() {
        producer.close(CLOSE_TIMEOUT);
        consumer.close(CloseOptions.timeout(CLOSE_TIMEOUT));
    }
}
