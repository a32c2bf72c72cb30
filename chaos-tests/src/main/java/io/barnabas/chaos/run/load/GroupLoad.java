package io.barnabas.chaos.run.load;

import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.GroupProtocol;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * A group of the classic protocol and one of the consumer protocol (KIP-848) that read the same records and commit.
 * Members come, and go with a farewell or without one; somebody else asks where the groups are.
 */
final class GroupLoad extends TopicLoad {

    private static final String NAME = "groups";
    private static final int PARTITIONS = 6;
    private static final Duration SEND_INTERVAL = Duration.ofMillis(40);
    private static final int MEMBERS_PER_GROUP = 3;
    private static final int SHORTEST_LIFE_MS = 4_000;
    private static final int LONGEST_LIFE_MS = 20_000;
    private static final Duration BETWEEN_POLLS = Duration.ofMillis(150);
    private static final int POLLS_PER_COMMIT = 4;
    private static final Duration BETWEEN_MEMBERS = Duration.ofMillis(500);
    private static final Duration BETWEEN_QUESTIONS = Duration.ofMillis(400);
    private static final Duration ADMIN_PATIENCE = Duration.ofSeconds(10);

    GroupLoad(LoadContext context) {
        super(context, new LoadTopic(NAME, PARTITIONS, Map.of()));
    }

    private static String group(GroupProtocol protocol) {
        return NAME + "-" + protocol.name().toLowerCase(Locale.ROOT);
    }

    /**
     * Commits the beginning of each partition for both groups: with a position from the first member on, none of them
     * has a reason to begin anew, and one that finds no position has found a loss.
     */
    @Override
    public void prepare(Admin admin) throws InterruptedException {
        super.prepare(admin);
        Map<TopicPartition, OffsetAndMetadata> beginnings = new HashMap<>();
        topic().partitions().forEach(partition -> beginnings.put(partition, new OffsetAndMetadata(0)));
        int client = ledger().newClient();
        for (GroupProtocol protocol : GroupProtocol.values()) {
            String group = group(protocol);
            Map<TopicPartition, Long> operations = new HashMap<>();
            topic().partitions()
                    .forEach(partition ->
                            operations.put(partition, ledger().invoked(client, new Call.Commit(group, partition, 0))));
            try {
                admin.alterConsumerGroupOffsets(group, beginnings).all().get(60, TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException e) {
                throw new IllegalStateException("group " + group + " cannot be made: " + e, e);
            }
            operations.values().forEach(operation -> ledger().acknowledged(operation, new Answer.Done()));
        }
    }

    @Override
    public void start() {
        RecordSender.Sending sending =
                new RecordSender.Sending(topic().partitions(), Call.Acks.ALL, true, 0, SEND_INTERVAL);
        RecordSender sender = new RecordSender(ledger(), workers(), bootstrap(), sending, random().split());
        workers().start(sender::run);
        for (GroupProtocol protocol : GroupProtocol.values()) {
            for (int i = 0; i < MEMBERS_PER_GROUP; i++) {
                SplittableRandom choice = random().split();
                workers().start(() -> takePart(protocol, choice));
            }
        }
        workers().start(this::watch);
    }

    /** One member after another. */
    private void takePart(GroupProtocol protocol, SplittableRandom choice) {
        while (!workers().stopped()) {
            try (Member member = new Member(ledger(), bootstrap(), group(protocol), protocol, topic().name())) {
                long end = System.nanoTime()
                        + TimeUnit.MILLISECONDS.toNanos(choice.nextInt(SHORTEST_LIFE_MS, LONGEST_LIFE_MS));
                for (int polls = 1; !workers().stopped() && System.nanoTime() - end < 0; polls++) {
                    member.poll();
                    if (polls % POLLS_PER_COMMIT == 0) {
                        member.commit();
                    }
                    workers().pause(BETWEEN_POLLS);
                }
                if (choice.nextBoolean()) {
                    member.vanish();
                }
            } catch (NoOffsetForPartitionException e) {
                throw e;
            } catch (KafkaException e) {
                // A fault, or the group went on without this member: the next one takes its place.
            }
            workers().pause(BETWEEN_MEMBERS);
        }
    }

    private void watch() throws InterruptedException {
        int client = ledger().newClient();
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap()))) {
            while (!workers().stopped()) {
                for (GroupProtocol protocol : GroupProtocol.values()) {
                    askForPositions(admin, client, group(protocol));
                }
                workers().pause(BETWEEN_QUESTIONS);
            }
        }
    }

    private boolean askForPositions(Admin admin, int client, String group) throws InterruptedException {
        Map<TopicPartition, Long> operations = new HashMap<>();
        topic().partitions()
                .forEach(partition ->
                        operations.put(partition, ledger().invoked(client, new Call.Committed(group, partition))));
        try {
            Map<TopicPartition, OffsetAndMetadata> positions = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get(ADMIN_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            operations.forEach(
                    (partition, operation) -> ledger().answered(operation, Member.position(positions.get(partition))));
            return true;
        } catch (ExecutionException e) {
            operations.values().forEach(operation -> ledger().unanswered(operation, e.getCause()));
        } catch (TimeoutException e) {
            operations.values().forEach(operation -> ledger().unanswered(operation, e));
        }
        return false;
    }

    /** The records, and where the groups are in the end. */
    @Override
    public void readBack(Duration timeout) throws InterruptedException {
        super.readBack(timeout);
        long giveUp = System.nanoTime() + timeout.toNanos();
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap()))) {
            int client = ledger().newClient();
            for (GroupProtocol protocol : List.of(GroupProtocol.values())) {
                while (!askForPositions(admin, client, group(protocol))) {
                    if (System.nanoTime() - giveUp > 0) {
                        throw new IllegalStateException(
                                "the position of group " + group(protocol) + " could not be read within " + timeout);
                    }
                    LockSupport.parkNanos(BETWEEN_QUESTIONS.toNanos());
                }
            }
        }
    }
}
