package io.barnabas.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.LongSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * An application of eight processes that come, go and crash, whose coordinator is killed too: every acknowledged record
 * is processed at least once, and committed offsets never go back.
 */
class GroupOfEightTest {

    private static final String TOPIC = "work";
    private static final int PARTITIONS = 8;
    private static final int MEMBERS = 8;
    private static final int NODES = 3;
    private static final int ROUNDS = 4;
    private static final int RECORDS_BETWEEN_FAULTS = 500;
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    Path directory;

    private final AtomicBoolean running = new AtomicBoolean(true);
    private final Set<Long> acknowledged = ConcurrentHashMap.newKeySet();
    private final List<GroupMember> everyone = new ArrayList<>();
    private final List<GroupMember> present = new ArrayList<>();
    private final List<String> steppedBack = new ArrayList<>();

    @Test
    @Timeout(400)
    void everyRecordIsProcessedAtLeastOnce() throws Exception {
        String given = System.getProperty("seed", "");
        long seed = given.isEmpty() ? System.nanoTime() : Long.parseLong(given);
        System.out.println("seed " + seed);
        try (BackgroundCluster cluster = new BackgroundCluster(directory.resolve("cluster"), NODES);
                Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrap()))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) NODES)))
                    .all()
                    .get(60, TimeUnit.SECONDS);
            Thread load = Thread.ofPlatform().start(() -> load(cluster));
            Thread watch = Thread.ofPlatform().start(() -> watchCommits(admin));
            while (present.size() < MEMBERS) {
                join(cluster);
            }
            SplittableRandom random = new SplittableRandom(seed);
            for (int round = 0; round < ROUNDS; round++) {
                awaitProgress();
                present.remove(random.nextInt(present.size())).crash();
                present.remove(random.nextInt(present.size())).leave();
                if (round % 2 == 1) {
                    cluster.kill(coordinator(admin));
                    awaitProgress();
                    cluster.start();
                }
                join(cluster);
                join(cluster);
            }
            awaitProgress();
            running.set(false);
            load.join();
            Awaitility.await()
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(committed(admin))
                            .as("all is processed and committed (seed %s)", seed)
                            .isEqualTo(ends(admin)));
            watch.join();
            assertThat(processed()).as("seed %s", seed).containsAll(acknowledged);
            assertThat(steppedBack).as("committed offsets (seed %s)", seed).isEmpty();
        } finally {
            running.set(false);
            for (GroupMember member : everyone) {
                member.close();
            }
        }
    }

    private void join(BackgroundCluster cluster) throws Exception {
        GroupMember member =
                GroupMember.start(cluster.bootstrap(), TOPIC, directory.resolve("member-" + everyone.size()));
        everyone.add(member);
        present.add(member);
    }

    private static int coordinator(Admin admin) throws Exception {
        return admin.describeConsumerGroups(List.of(GroupMember.GROUP))
                .describedGroups()
                .get(GroupMember.GROUP)
                .get(60, TimeUnit.SECONDS)
                .coordinator()
                .id();
    }

    private void load(BackgroundCluster cluster) {
        try (KafkaProducer<Long, Long> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", cluster.bootstrap()), new LongSerializer(), new LongSerializer())) {
            for (long value = 0; running.get(); value++) {
                long sent = value;
                producer.send(new ProducerRecord<>(TOPIC, (int) (sent % PARTITIONS), sent, sent), (metadata, error) -> {
                    if (error == null) {
                        acknowledged.add(sent);
                    }
                });
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(4));
            }
        }
    }

    /** Waits until the application has processed as many records more as lie between two faults. */
    private void awaitProgress() throws Exception {
        int until = processed().size() + RECORDS_BETWEEN_FAULTS;
        Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(500)).untilAsserted(() -> {
            assertThat(present)
                    .allSatisfy(member -> assertThat(member.isAlive()).isTrue());
            assertThat(processed()).hasSizeGreaterThanOrEqualTo(until);
        });
    }

    private Set<Long> processed() throws Exception {
        Set<Long> values = new HashSet<>();
        for (GroupMember member : everyone) {
            values.addAll(member.values());
        }
        return values;
    }

    private void watchCommits(Admin admin) {
        Map<TopicPartition, Long> highest = new HashMap<>();
        while (running.get()) {
            try {
                committed(admin).forEach((partition, offset) -> {
                    long before = highest.getOrDefault(partition, -1L);
                    if (offset < before) {
                        steppedBack.add(partition + " from " + before + " to " + offset);
                    }
                    highest.put(partition, Math.max(before, offset));
                });
            } catch (ExecutionException | TimeoutException e) {
                // The coordinator is being killed or moved; what counts is what it says when it answers.
            } catch (InterruptedException e) {
                return;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    private static Map<TopicPartition, Long> committed(Admin admin)
            throws ExecutionException, InterruptedException, TimeoutException {
        return admin
                .listConsumerGroupOffsets(GroupMember.GROUP)
                .partitionsToOffsetAndMetadata()
                .get(10, TimeUnit.SECONDS)
                .entrySet()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> offset(entry.getValue())));
    }

    private static long offset(OffsetAndMetadata committed) {
        return committed.offset();
    }

    private static Map<TopicPartition, Long> ends(Admin admin) throws Exception {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            asked.put(new TopicPartition(TOPIC, partition), OffsetSpec.latest());
        }
        return admin.listOffsets(asked).all().get(10, TimeUnit.SECONDS).entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().offset()));
    }
}
