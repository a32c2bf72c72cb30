package io.barnabas.chaos.run.load;

import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.protocol.Errors;

/**
 * Administrators who make, delete, configure and describe a few topics, all at once. Their requests are sent once: a
 * client that asked again by itself could not tell an answer to its own first attempt from one to another's.
 */
final class ChurnLoad implements Workload {

    private static final String NAME = "topics";
    private static final String BARRIER = NAME + "-barrier";
    private static final int TOPICS = 3;
    private static final int ADMINISTRATORS = 2;
    private static final Duration BETWEEN_REQUESTS = Duration.ofMillis(250);

    /** A topic of three replicas is refused while one of three nodes is dead, and would be a strain without records. */
    private static final short REPLICAS = 1;

    private static final int MOST_PARTITIONS = 2;
    private static final int REQUEST_TIMEOUT_MS = 10_000;
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(60);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(500);

    /** Where configs begin to count: each value is another one and means nothing to a topic without records. */
    private static final long FIRST_VALUE = TimeUnit.DAYS.toMillis(365);

    private static final List<String> CONFIGS =
            List.of(TopicConfig.RETENTION_MS_CONFIG, TopicConfig.DELETE_RETENTION_MS_CONFIG);

    /** How often what is asked, of so many requests. */
    private static final int REQUESTS = 10;

    private static final int CREATIONS = 3;
    private static final int DELETIONS = 2;
    private static final int CHANGES = 2;

    private final LoadContext context;
    private final Ledger ledger;
    private final Workers workers = new Workers(NAME);
    private final SplittableRandom random;
    private final AtomicLong values = new AtomicLong();

    /**
     * Which life of each topic is under way. A topic whose making or deletion has an unknown outcome may come or go at
     * any later time; each such one doubles the orders that could have been, so a topic of another name takes its place.
     */
    private final AtomicIntegerArray lives = new AtomicIntegerArray(TOPICS);

    ChurnLoad(LoadContext context) {
        this.context = context;
        this.ledger = new Ledger(context.recorder());
        this.random = new SplittableRandom(context.seed() ^ NAME.hashCode());
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void prepare(Admin admin) throws InterruptedException {
        new LoadTopic(BARRIER, 1, Map.of()).create(admin);
    }

    @Override
    public void start() {
        for (int i = 0; i < ADMINISTRATORS; i++) {
            SplittableRandom choice = random.split();
            workers.start(() -> administer(choice));
        }
    }

    private static TopicQuestions questions(String address) {
        return new TopicQuestions(new NodeConnection(address), BARRIER);
    }

    private Admin admin() {
        return Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                context.bootstrap(),
                AdminClientConfig.RETRIES_CONFIG,
                0,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                REQUEST_TIMEOUT_MS,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                REQUEST_TIMEOUT_MS));
    }

    private void administer(SplittableRandom choice) throws InterruptedException {
        int client = ledger.newClient();
        Map<String, TopicQuestions> nodes = new HashMap<>();
        try (Admin admin = admin()) {
            while (!workers.stopped()) {
                int topic = choice.nextInt(TOPICS);
                int life = lives.get(topic);
                String name = named(topic, life);
                int what = choice.nextInt(REQUESTS);
                if (what < CREATIONS) {
                    if (!create(admin, client, name, 1 + choice.nextInt(MOST_PARTITIONS))) {
                        leave(admin, client, topic, life);
                    }
                } else if (what < CREATIONS + DELETIONS) {
                    if (!delete(admin, client, name)) {
                        leave(admin, client, topic, life);
                    }
                } else if (what < CREATIONS + DELETIONS + CHANGES) {
                    String config = CONFIGS.get(choice.nextInt(CONFIGS.size()));
                    set(admin, client, name, config, choice.nextInt(CHANGES) > 0);
                } else {
                    List<String> addresses = context.nodes().get();
                    String address = addresses.get(choice.nextInt(addresses.size()));
                    describe(nodes.computeIfAbsent(address, ChurnLoad::questions), client, name);
                }
                workers.pause(BETWEEN_REQUESTS);
            }
        } finally {
            nodes.values().forEach(TopicQuestions::close);
        }
    }

    private static String named(int topic, int life) {
        return NAME + "-" + topic + "-" + life;
    }

    /** Goes on with another name, and tries once not to leave anything behind. */
    private void leave(Admin admin, int client, int topic, int life) throws InterruptedException {
        if (lives.compareAndSet(topic, life, life + 1)) {
            delete(admin, client, named(topic, life));
        }
    }

    private boolean create(Admin admin, int client, String topic, int partitions) throws InterruptedException {
        long operation = ledger.invoked(client, new Call.CreateTopic(topic, partitions));
        return change(
                operation,
                admin.createTopics(List.of(new NewTopic(topic, partitions, REPLICAS)))
                        .all());
    }

    private boolean delete(Admin admin, int client, String topic) throws InterruptedException {
        long operation = ledger.invoked(client, new Call.DeleteTopic(topic));
        return change(operation, admin.deleteTopics(List.of(topic)).all());
    }

    private void set(Admin admin, int client, String topic, String config, boolean isSet) throws InterruptedException {
        String value = isSet ? Long.toString(FIRST_VALUE + values.incrementAndGet()) : null;
        long operation = ledger.invoked(client, new Call.SetConfig(topic, config, value));
        AlterConfigOp change = new AlterConfigOp(
                new ConfigEntry(config, value), isSet ? AlterConfigOp.OpType.SET : AlterConfigOp.OpType.DELETE);
        change(
                operation,
                admin.incrementalAlterConfigs(
                                Map.of(new ConfigResource(ConfigResource.Type.TOPIC, topic), List.of(change)))
                        .all());
    }

    /** Waits for a change and says whether its outcome is known. */
    private boolean change(long operation, KafkaFuture<Void> change) throws InterruptedException {
        try {
            change.get(2L * REQUEST_TIMEOUT_MS, TimeUnit.MILLISECONDS);
            ledger.acknowledged(operation, new Answer.Done());
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TopicExistsException
                    || e.getCause() instanceof UnknownTopicOrPartitionException
                    || e.getCause() instanceof InvalidReplicationFactorException) {
                ledger.failed(operation, Errors.forException(e.getCause()).name());
                return true;
            }
            ledger.givenUp(operation, e.getCause());
        } catch (TimeoutException e) {
            ledger.givenUp(operation, e);
        }
        return false;
    }

    private boolean describe(TopicQuestions node, int client, String topic) {
        long operation = ledger.invoked(client, new Call.Describe(topic));
        try {
            ledger.answered(operation, node.describe(topic, FIRST_VALUE + values.incrementAndGet()));
            return true;
        } catch (IOException e) {
            ledger.unanswered(operation, e);
            return false;
        }
    }

    @Override
    public void stop() throws InterruptedException {
        workers.stop(STOP_PATIENCE);
    }

    /** All nodes say what each topic is. */
    @Override
    public void readBack(Duration timeout) {
        long giveUp = System.nanoTime() + timeout.toNanos();
        int client = ledger.newClient();
        List<TopicQuestions> nodes =
                context.nodes().get().stream().map(ChurnLoad::questions).toList();
        try {
            for (String topic : IntStream.range(0, TOPICS)
                    .mapToObj(topic -> named(topic, lives.get(topic)))
                    .toList()) {
                for (TopicQuestions node : nodes) {
                    while (!describe(node, client, topic)) {
                        if (System.nanoTime() - giveUp > 0) {
                            throw new IllegalStateException(topic + " was not described within " + timeout);
                        }
                        LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
                    }
                }
            }
        } finally {
            nodes.forEach(TopicQuestions::close);
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

    @Override
    public void close() {
        workers.interrupt();
    }
}
