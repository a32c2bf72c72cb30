package io.barnabas.chaos.run.load;

import java.time.Duration;
import java.util.SplittableRandom;
import org.apache.kafka.clients.admin.Admin;

/** A workload whose clients work on one topic. */
abstract class TopicLoad implements Workload {

    private static final Duration STOP_PATIENCE = Duration.ofSeconds(60);

    /** Each reads everything once when all is over; what the second one is told may come from elsewhere. */
    private static final int LAST_READERS = 2;

    private final LoadContext context;
    private final LoadTopic topic;
    private final Ledger ledger;
    private final Workers workers;
    private final SplittableRandom random;

    /** @param topic has the name of the workload */
    TopicLoad(LoadContext context, LoadTopic topic) {
        this.context = context;
        this.topic = topic;
        this.ledger = new Ledger(context.recorder());
        this.workers = new Workers(topic.name());
        // Each workload draws numbers of its own, whichever others there are.
        this.random = new SplittableRandom(context.seed() ^ topic.name().hashCode());
    }

    final String bootstrap() {
        return context.bootstrap();
    }

    final LoadTopic topic() {
        return topic;
    }

    final Ledger ledger() {
        return ledger;
    }

    final Workers workers() {
        return workers;
    }

    final SplittableRandom random() {
        return random;
    }

    @Override
    public final String name() {
        return topic.name();
    }

    @Override
    public void prepare(Admin admin) throws InterruptedException {
        context.recorder().declared(topic.name(), topic.isCompacted(), topic.isTrimmed());
        topic.create(admin);
    }

    @Override
    public final void stop() throws InterruptedException {
        workers.stop(STOP_PATIENCE);
    }

    @Override
    public void readBack(Duration timeout) throws InterruptedException {
        for (int i = 0; i < LAST_READERS; i++) {
            try (Reader last = new Reader(ledger, bootstrap(), topic.partitions())) {
                last.readToTheEnd(timeout);
            }
        }
    }

    @Override
    public final long operations() {
        return ledger.operations();
    }

    @Override
    public final long acknowledged() {
        return ledger.acknowledged();
    }

    /** How many changes the clients have given up, so that nobody knows whether they took place. */
    public final long givenUp() {
        return ledger.givenUp();
    }

    @Override
    public final void close() {
        workers.interrupt();
    }
}
