package io.barnabas.chaos.run;

import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Result;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.LongSerializer;

/** One idempotent producer with acks=all that sends to its partitions in turn, at a rate, until it is stopped. */
public final class ProducerLoad implements AutoCloseable {

    private final Recorder recorder;
    private final List<TopicPartition> partitions;
    private final Duration interval;
    private final int client;
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong givenUp = new AtomicLong();
    private final KafkaProducer<Long, Long> producer;
    private final Thread thread;
    private volatile boolean stopped;

    /**
     * Begins to send.
     *
     * @param interval between two records
     */
    public ProducerLoad(Recorder recorder, String bootstrap, List<TopicPartition> partitions, Duration interval) {
        this.recorder = recorder;
        this.partitions = List.copyOf(partitions);
        this.interval = interval;
        this.client = recorder.newClient();
        Map<String, Object> config = new HashMap<>();
        config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        this.producer = new KafkaProducer<>(config, new LongSerializer(), new LongSerializer());
        this.thread = Thread.ofPlatform().name("load-" + client).start(this::send);
    }

    private void send() {
        for (long number = 0; !stopped; number++) {
            TopicPartition partition = partitions.get((int) (number % partitions.size()));
            // No other client of the run sends it: a client's number is in its upper half.
            long value = ((long) client << Integer.SIZE) + number;
            long operation = recorder.invoked(
                    client, new Call.Send(partition, client, number, value, Call.Send.NO_KEY, Call.Acks.ALL, true));
            producer.send(
                    new ProducerRecord<>(partition.topic(), partition.partition(), value, value), (metadata, error) -> {
                        if (error == null) {
                            recorder.completed(operation, new Result.Ok(new Answer.Sent(metadata.offset())));
                            acknowledged.incrementAndGet();
                        } else {
                            // The producer tries again by itself: an earlier attempt may have been taken.
                            recorder.completed(operation, new Result.Unknown(error.toString()));
                            givenUp.incrementAndGet();
                        }
                    });
            LockSupport.parkNanos(interval.toNanos());
        }
    }

    /** How many records were acknowledged so far. */
    public long acknowledged() {
        return acknowledged.get();
    }

    /** How many records the producer has given up, so that nobody knows whether they are stored. */
    public long givenUp() {
        return givenUp.get();
    }

    /** Stops sending and waits for what is under way. */
    @Override
    public void close() {
        stopped = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close();
    }
}
