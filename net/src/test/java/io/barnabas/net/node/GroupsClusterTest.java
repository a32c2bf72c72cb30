package io.barnabas.net.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stock consumers that share a topic, on three nodes of which one goes. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class GroupsClusterTest {

    private static final String TOPIC = "orders";
    private static final String GROUP = "readers";
    private static final int PARTITIONS = 6;
    private static final int RECORDS = 600;
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @TempDir
    Path directory;

    /** Runs a consumer on a thread until it is told to stop; commits after every poll. */
    private static final class Member implements ConsumerRebalanceListener {

        private final KafkaConsumer<String, String> consumer;
        private final Map<String, Integer> seen;
        private final AtomicInteger assignments = new AtomicInteger();
        private final AtomicLong lastCommitNs = new AtomicLong();
        private final Thread thread;
        private volatile Set<TopicPartition> owned = Set.of();
        private volatile int generation;
        private volatile boolean stopping;

        Member(LocalNodes nodes, String protocol, Map<String, Integer> seen) {
            this.seen = seen;
            this.consumer = new KafkaConsumer<>(
                    Map.of(
                            "bootstrap.servers",
                            nodes.bootstrap(),
                            "group.id",
                            GROUP,
                            "group.protocol",
                            protocol,
                            "auto.offset.reset",
                            "earliest",
                            "enable.auto.commit",
                            "false"),
                    new StringDeserializer(),
                    new StringDeserializer());
            this.thread = Thread.ofPlatform().daemon().start(this::run);
        }

        private void run() {
            try (consumer) {
                consumer.subscribe(List.of(TOPIC), this);
                while (!stopping) {
                    consumer.poll(Duration.ofMillis(50)).forEach(record -> seen.merge(record.value(), 1, Integer::sum));
                    generation = consumer.groupMetadata().generationId();
                    commit();
                }
            }
        }

        private void commit() {
            try {
                if (!owned.isEmpty()) {
                    consumer.commitSync();
                    lastCommitNs.set(System.nanoTime());
                }
            } catch (KafkaException e) {
                // A rebalance or a failover is under way; what is not committed is read again.
            }
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            assignments.incrementAndGet();
            owned = Set.copyOf(consumer.assignment());
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            owned = owned.stream().filter(one -> !partitions.contains(one)).collect(Collectors.toUnmodifiableSet());
        }

        void stop() throws InterruptedException {
            stopping = true;
            thread.join();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void membersGoOnWhenTheirCoordinatorStops(String protocol) throws Exception {
        Map<String, Integer> seen = new ConcurrentHashMap<>();
        try (LocalNodes nodes = new LocalNodes(directory, 3, Map.of("group.initial.rebalance.delay.ms", "500"))) {
            nodes.startAll();
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", nodes.bootstrap()))) {
                createTopic(admin);
                produce(nodes, 0);
                List<Member> members = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    members.add(new Member(nodes, protocol, seen));
                }
                await().atMost(PATIENCE).untilAsserted(() -> assertShared(members));
                await().atMost(PATIENCE).untilAsserted(() -> assertThat(seen).hasSize(RECORDS));
                List<Integer> generations =
                        members.stream().map(member -> member.generation).toList();
                List<Integer> assignments =
                        members.stream().map(member -> member.assignments.get()).toList();

                var group = admin.describeConsumerGroups(List.of(GROUP))
                        .describedGroups()
                        .get(GROUP)
                        .get();
                assertThat(group.groupState()).isEqualTo(GroupState.STABLE);
                assertThat(group.members()).hasSize(3);
                nodes.stop(group.coordinator().id());
                long stoppedNs = System.nanoTime();
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(members)
                                .allSatisfy(member ->
                                        assertThat(member.lastCommitNs.get()).isGreaterThan(stoppedNs)));
                produce(nodes, RECORDS);
                await().atMost(PATIENCE).untilAsserted(() -> assertThat(seen).hasSize(2 * RECORDS));

                assertThat(members).extracting(member -> member.generation).isEqualTo(generations);
                assertThat(members)
                        .extracting(member -> member.assignments.get())
                        .isEqualTo(assignments);
                for (Member member : members) {
                    member.stop();
                }
                assertThat(committed(admin)).isEqualTo(2L * RECORDS);
            }
        }
    }

    @Test
    void committedOffsetsSurviveARestartOfAll() throws Exception {
        try (LocalNodes nodes = new LocalNodes(directory, 3)) {
            nodes.startAll();
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", nodes.bootstrap()))) {
                createTopic(admin);
                admin.alterConsumerGroupOffsets(
                                GROUP,
                                IntStream.range(0, PARTITIONS)
                                        .boxed()
                                        .collect(Collectors.toMap(
                                                partition -> new TopicPartition(TOPIC, partition),
                                                partition -> new OffsetAndMetadata(partition))))
                        .all()
                        .get();
            }
            nodes.stopAll();
            nodes.startAll();
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", nodes.bootstrap()))) {
                assertThat(committed(admin)).isEqualTo(15);
                assertThat(admin.listGroups().all().get())
                        .singleElement()
                        .satisfies(listed -> assertThat(listed.groupId()).isEqualTo(GROUP));
                admin.deleteConsumerGroups(List.of(GROUP)).all().get();
                assertThat(admin.listGroups().all().get()).isEmpty();
            }
        }
    }

    private static void createTopic(Admin admin) throws Exception {
        admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 3)))
                .all()
                .get();
    }

    private static void assertShared(List<Member> members) {
        assertThat(members)
                .allSatisfy(member -> assertThat(member.owned).hasSize(PARTITIONS / members.size()))
                .flatExtracting(member -> member.owned)
                .doesNotHaveDuplicates();
    }

    private static void produce(LocalNodes nodes, int first) {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", nodes.bootstrap()), new StringSerializer(), new StringSerializer())) {
            for (int i = first; i < first + RECORDS; i++) {
                producer.send(new ProducerRecord<>(TOPIC, i % PARTITIONS, null, Integer.toString(i)));
            }
        }
    }

    private static long committed(Admin admin) throws Exception {
        return admin.listConsumerGroupOffsets(GROUP).partitionsToOffsetAndMetadata().get().values().stream()
                .mapToLong(OffsetAndMetadata::offset)
                .sum();
    }
}
