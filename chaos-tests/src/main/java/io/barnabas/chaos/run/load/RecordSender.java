package io.barnabas.chaos.run.load;

import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.LongSerializer;

/** One producer that sends to its partitions in turn, at a rate, until its workload is stopped. For one thread. */
final class RecordSender {

    /** How long a record may wait for room or for metadata; the producer blocks its thread meanwhile. */
    private static final int MAX_BLOCK_MS = 5_000;

    /**
     * After that a node counts as dead, and the record goes to whoever leads then. With Kafka's 30 s, whatever was under
     * way to a node that freezes would be waited for that long, and the cluster would look as if it were down.
     */
    static final int REQUEST_TIMEOUT_MS = 5_000;

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

    /**
     * What is sent.
     *
     * @param keys how many different keys the records have, 0 for records without
     * @param interval between two records
     */
    record Sending(List<TopicPartition> partitions, Call.Acks acks, boolean idempotent, int keys, Duration interval) {

        Sending {
            partitions = List.copyOf(partitions);
        }
    }

    private final Ledger ledger;
    private final Workers workers;
    private final Sending sending;
    private final SplittableRandom random;
    private final int client;
    private final KafkaProducer<Long, Long> producer;

    RecordSender(Ledger ledger, Workers workers, String bootstrap, Sending sending, SplittableRandom random) {
        this.ledger = ledger;
        this.workers = workers;
        this.sending = sending;
        this.random = random;
        this.client = ledger.newClient();
        this.producer = producer(bootstrap, sending.acks(), sending.idempotent());
    }

    /** A producer that sends each record at once. */
    static KafkaProducer<Long, Long> producer(String bootstrap, Call.Acks acks, boolean idempotent) {
        Map<String, Object> config = new HashMap<>();
        config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        config.put(
                ProducerConfig.ACKS_CONFIG,
                switch (acks) {
                    case NONE -> "0";
                    case LEADER -> "1";
                    case ALL -> "all";
                });
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, idempotent);
        config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MS);
        return new KafkaProducer<>(config, new LongSerializer(), new LongSerializer());
    }

    /** Sends until the workload is stopped, and waits then for what is under way. */
    void run() {
        try {
            for (long number = 0; !workers.stopped(); number++) {
                send(number);
                workers.pause(sending.interval());
            }
        } finally {
            producer.close(CLOSE_TIMEOUT);
        }
    }

    private void send(long number) {
        List<TopicPartition> partitions = sending.partitions();
        TopicPartition partition = partitions.get((int) (number % partitions.size()));
        // No other client of the run sends it: a client's number is in its upper half.
        long value = ((long) client << Integer.SIZE) + number;
        long key = sending.keys() == 0 ? Call.Send.NO_KEY : random.nextInt(sending.keys());
        long operation = ledger.invoked(
                client, new Call.Send(partition, client, number, value, key, sending.acks(), sending.idempotent()));
        Long keyOrNone = key == Call.Send.NO_KEY ? null : key;
        producer.send(
                new ProducerRecord<>(partition.topic(), partition.partition(), keyOrNone, value), (metadata, error) -> {
                    if (error == null) {
                        ledger.acknowledged(operation, new Answer.Sent(metadata.offset()));
                    } else {
                        ledger.givenUp(operation, error);
                    }
                });
    }
}
