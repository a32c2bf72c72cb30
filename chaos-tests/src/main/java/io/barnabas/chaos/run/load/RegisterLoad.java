package io.barnabas.chaos.run.load;

import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Registers that are keys of a compacted topic: written with acks=all, deleted by tombstones, and read by consumers as
 * {@link RegisterReader} says.
 */
final class RegisterLoad extends TopicLoad {

    private static final String NAME = "registers";
    private static final int PARTITIONS = 2;
    private static final int REGISTERS_PER_PARTITION = 4;
    private static final int WRITERS = 3;
    private static final Duration BETWEEN_WRITES = Duration.ofMillis(60);
    private static final Duration BETWEEN_READS = Duration.ofMillis(120);

    /** One write of so many is a deletion. */
    private static final int WRITES_PER_DELETION = 20;

    /** After so many reads comes a new consumer, which learns all registers from what compaction has left. */
    private static final int READS_OF_A_CLIENT = 60;

    /** Longer than a producer tries, thus an answer always comes. */
    private static final Duration WRITE_PATIENCE = Duration.ofSeconds(130);

    private static final Duration READ_PATIENCE = Duration.ofSeconds(20);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);
    private static final int LAST_READERS = 2;

    RegisterLoad(LoadContext context) {
        super(context, new LoadTopic(NAME, PARTITIONS, Workloads.COMPACTED));
    }

    /** The keys of one partition; no other has them. */
    private static List<Long> registers(TopicPartition partition) {
        return IntStream.range(0, REGISTERS_PER_PARTITION)
                .mapToObj(number -> (long) partition.partition() * REGISTERS_PER_PARTITION + number)
                .toList();
    }

    /** The register's name in the history. */
    static String named(long key) {
        return NAME + "-" + key;
    }

    @Override
    public void start() {
        for (int i = 0; i < WRITERS; i++) {
            SplittableRandom choice = random().split();
            workers().start(() -> write(choice));
        }
        for (TopicPartition partition : topic().partitions()) {
            SplittableRandom choice = random().split();
            workers().start(() -> read(partition, choice));
        }
    }

    private void write(SplittableRandom choice) throws InterruptedException {
        int client = ledger().newClient();
        KafkaProducer<Long, Long> producer = RecordSender.producer(bootstrap(), Call.Acks.ALL, true);
        try {
            for (long number = 0; !workers().stopped(); number++) {
                TopicPartition partition = topic().partitions().get(choice.nextInt(PARTITIONS));
                long register = registers(partition).get(choice.nextInt(REGISTERS_PER_PARTITION));
                boolean isDeletion = choice.nextInt(WRITES_PER_DELETION) == 0;
                // No other client of the run writes it: a client's number is in its upper half.
                long value = isDeletion ? Call.RegisterWrite.ABSENT : ((long) client << Integer.SIZE) + number;
                write(client, producer, partition, register, value);
                workers().pause(BETWEEN_WRITES);
            }
        } finally {
            producer.close(CLOSE_TIMEOUT);
        }
    }

    private void write(
            int client, KafkaProducer<Long, Long> producer, TopicPartition partition, long register, long value)
            throws InterruptedException {
        long operation = ledger().invoked(client, new Call.RegisterWrite(named(register), value));
        Long valueOrNone = value == Call.RegisterWrite.ABSENT ? null : value;
        try {
            producer.send(new ProducerRecord<>(partition.topic(), partition.partition(), register, valueOrNone))
                    .get(WRITE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            ledger().acknowledged(operation, new Answer.Done());
        } catch (ExecutionException e) {
            ledger().givenUp(operation, e.getCause());
        } catch (TimeoutException e) {
            ledger().givenUp(operation, e);
        }
    }

    private void read(TopicPartition partition, SplittableRandom choice) throws InterruptedException {
        while (!workers().stopped()) {
            try (RegisterReader reader = new RegisterReader(ledger(), bootstrap(), partition)) {
                for (int reads = 0; reads < READS_OF_A_CLIENT && !workers().stopped(); reads++) {
                    List<Long> all = registers(partition);
                    long one = all.get(choice.nextInt(all.size()));
                    long other = all.get(choice.nextInt(all.size()));
                    reader.read(one == other ? List.of(one) : List.of(one, other), READ_PATIENCE);
                    workers().pause(BETWEEN_READS);
                }
            }
        }
    }

    /** Every register is read once more by new clients. */
    @Override
    public void readBack(Duration timeout) throws InterruptedException {
        long giveUp = System.nanoTime() + timeout.toNanos();
        for (TopicPartition partition : topic().partitions()) {
            for (int i = 0; i < LAST_READERS; i++) {
                try (RegisterReader last = new RegisterReader(ledger(), bootstrap(), partition)) {
                    while (!last.read(registers(partition), READ_PATIENCE)) {
                        if (System.nanoTime() - giveUp > 0) {
                            throw new IllegalStateException(partition + " could not be read within " + timeout);
                        }
                    }
                }
            }
        }
    }
}
