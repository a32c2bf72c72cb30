package io.barnabas.chaos.run.load;

import io.barnabas.chaos.rules.history.Call;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.errors.RetriableException;

/** Producers that send records at a rate; a consumer and a {@link WatermarkReader} that follow all of them. */
public final class RecordLoad extends TopicLoad {

    /**
     * What is sent where.
     *
     * @param name of the workload and of its topic
     * @param partitions of the topic, each on three nodes
     * @param configs of the topic
     * @param producers each of which sends to all partitions in turn
     * @param acks what they wait for
     * @param idempotent whether they promise order and no duplicates
     * @param keys how many different keys the records have, 0 for records without
     * @param interval between two records of one producer
     */
    public record Shape(
            String name,
            int partitions,
            Map<String, String> configs,
            int producers,
            Call.Acks acks,
            boolean idempotent,
            int keys,
            Duration interval) {

        public Shape {
            configs = Map.copyOf(configs);
        }

        /** Idempotent producers with acks=all, records without keys. */
        public static Shape plain(String name, int partitions, int producers, Duration interval) {
            return new Shape(name, partitions, Map.of(), producers, Call.Acks.ALL, true, 0, interval);
        }
    }

    private static final Duration POLL_TIMEOUT = Duration.ofMillis(100);
    private static final Duration BETWEEN_POLLS = Duration.ofMillis(200);
    private static final Duration BETWEEN_WATERMARKS = Duration.ofMillis(400);
    private static final Duration QUESTION_TIMEOUT = Duration.ofSeconds(1);
    private static final int POLLS_PER_QUESTION = 4;

    private final Shape shape;

    public RecordLoad(LoadContext context, Shape shape) {
        super(context, new LoadTopic(shape.name(), shape.partitions(), shape.configs()));
        this.shape = shape;
    }

    @Override
    public void start() {
        RecordSender.Sending sending = new RecordSender.Sending(
                topic().partitions(), shape.acks(), shape.idempotent(), shape.keys(), shape.interval());
        for (int i = 0; i < shape.producers(); i++) {
            RecordSender sender = new RecordSender(ledger(), workers(), bootstrap(), sending, random().split());
            workers().start(sender::run);
        }
        workers().start(this::follow);
        workers().start(this::watch);
    }

    private void watch() {
        try (WatermarkReader reader = new WatermarkReader(ledger(), bootstrap(), name())) {
            while (!workers().stopped()) {
                reader.poll();
                workers().pause(BETWEEN_WATERMARKS);
            }
        }
    }

    private void follow() {
        try (Reader reader = new Reader(ledger(), bootstrap(), topic().partitions())) {
            reader.seekToBeginning();
            for (int polls = 1; !workers().stopped(); polls++) {
                try {
                    reader.poll(POLL_TIMEOUT);
                    if (polls % POLLS_PER_QUESTION == 0) {
                        reader.ask(Call.ListOffsets.LATEST, QUESTION_TIMEOUT);
                    }
                } catch (RetriableException e) {
                    // A fault; the poll is recorded as unknown, and the reader goes on from where it is.
                }
                workers().pause(BETWEEN_POLLS);
            }
        }
    }
}
