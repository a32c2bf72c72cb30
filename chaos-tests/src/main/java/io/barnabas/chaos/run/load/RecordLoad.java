package io.barnabas.chaos.run.load;

import io.barnabas.chaos.rules.history.Call;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.RetriableException;

/** Producers that send records at a rate, and a consumer that follows all of them. */
public final class RecordLoad implements Workload {

    /**
     * What is sent where.
     *
     * @param name of the workload and of its topic
     * @param partitions of the topic, each on three nodes
     * @param producers each of which sends to all partitions in turn
     * @param acks what they wait for
     * @param idempotent whether they promise order and no duplicates
     * @param interval between two records of one producer
     */
    public record Shape(
            String name, int partitions, int producers, Call.Acks acks, boolean idempotent, Duration interval) {}

    private static final Duration POLL_TIMEOUT = Duration.ofMillis(100);
    private static final Duration BETWEEN_POLLS = Duration.ofMillis(100);
    private static final Duration QUESTION_TIMEOUT = Duration.ofSeconds(1);
    private static final int POLLS_PER_QUESTION = 5;
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(60);

    /** Each reads everything once when all is over; a second one may be led by other nodes. */
    private static final int LAST_READERS = 2;

    private final LoadContext context;
    private final Shape shape;
    private final LoadTopic topic;
    private final Ledger ledger;
    private final Workers workers;
    private final SplittableRandom random;

    public RecordLoad(LoadContext context, Shape shape) {
        this.context = context;
        this.shape = shape;
        this.topic = new LoadTopic(shape.name(), shape.partitions(), Map.of());
        this.ledger = new Ledger(context.recorder());
        this.workers = new Workers(shape.name());
        this.random = new SplittableRandom(context.seed());
    }

    @Override
    public String name() {
        return shape.name();
    }

    @Override
    public void prepare(Admin admin) throws InterruptedException {
        context.recorder().declared(topic.name(), false, false);
        topic.create(admin);
    }

    @Override
    public void start() {
        RecordSender.Sending sending =
                new RecordSender.Sending(topic.partitions(), shape.acks(), shape.idempotent(), 0, shape.interval());
        for (int i = 0; i < shape.producers(); i++) {
            RecordSender sender = new RecordSender(ledger, workers, context.bootstrap(), sending, random.split());
            workers.start(sender::run);
        }
        workers.start(this::follow);
    }

    private void follow() {
        try (Reader reader = new Reader(ledger, context.bootstrap(), topic.partitions())) {
            reader.seekToBeginning();
            for (int polls = 1; !workers.stopped(); polls++) {
                try {
                    reader.poll(POLL_TIMEOUT);
                    if (polls % POLLS_PER_QUESTION == 0) {
                        reader.askForEnds(QUESTION_TIMEOUT);
                    }
                } catch (RetriableException e) {
                    // A fault; the poll is recorded as unknown, and the reader goes on from where it is.
                }
                workers.pause(BETWEEN_POLLS);
            }
        }
    }

    @Override
    public void stop() throws InterruptedException {
        workers.stop(STOP_PATIENCE);
    }

    @Override
    public void readBack(Duration timeout) {
        for (int i = 0; i < LAST_READERS; i++) {
            try (Reader last = new Reader(ledger, context.bootstrap(), topic.partitions())) {
                last.readToTheEnd(timeout);
            }
        }
    }

    @Override
    public long operations() {
        return ledger.operations();
    }

    @Override
    public long acknowledged() {
        return ledger.acknowledged();
    }

    /** How many records the producers have given up, so that nobody knows whether they are stored. */
    public long givenUp() {
        return ledger.givenUp();
    }

    @Override
    public void close() {
        workers.interrupt();
    }
}
