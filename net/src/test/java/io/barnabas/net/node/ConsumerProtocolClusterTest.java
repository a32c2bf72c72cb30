package io.barnabas.net.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stock consumers of {@code group.protocol=consumer} (KIP-848), and the move of their groups to it and back. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class ConsumerProtocolClusterTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    static Path directory;

    private static LocalNodes nodes;
    private static Admin admin;

    @BeforeAll
    static void start() throws Exception {
        nodes = new LocalNodes(
                directory,
                1,
                Map.of("group.initial.rebalance.delay.ms", "300", "group.consumer.heartbeat.interval.ms", "200"));
        nodes.startAll();
        admin = Admin.create(Map.of("bootstrap.servers", nodes.bootstrap()));
    }

    @AfterAll
    static void stop() {
        admin.close();
        nodes.close();
    }

    /** A consumer on a thread of its own, which commits what it has seen after every poll. */
    private static final class Member implements ConsumerRebalanceListener {

        private final KafkaConsumer<String, String> consumer;
        private final Set<String> seen;
        private final Set<TopicPartition> owned = ConcurrentHashMap.newKeySet();
        private final ConcurrentMap<TopicPartition, Member> owners;
        private final List<String> sharedWithOthers;
        private final Thread thread;
        private volatile boolean stopping;

        Member(Group group, Map<String, Object> settings, Consumer<Member> subscribe) {
            this.seen = group.seen;
            this.owners = group.owners;
            this.sharedWithOthers = group.shared;
            Map<String, Object> all = new HashMap<>(Map.of(
                    "bootstrap.servers",
                    nodes.bootstrap(),
                    "group.id",
                    group.id,
                    "auto.offset.reset",
                    "earliest",
                    "enable.auto.commit",
                    "false",
                    "metadata.max.age.ms",
                    "1000"));
            all.putAll(settings);
            if (!all.get("group.protocol").equals("consumer")) {
                all.put("heartbeat.interval.ms", "200");
            }
            this.consumer = new KafkaConsumer<>(all, new StringDeserializer(), new StringDeserializer());
            subscribe.accept(this);
            this.thread = Thread.ofPlatform().daemon().start(this::run);
        }

        private void run() {
            try (consumer) {
                while (!stopping) {
                    for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(50))) {
                        seen.add(record.value());
                    }
                    commit();
                }
            }
        }

        private void commit() {
            try {
                consumer.commitSync(Duration.ofSeconds(5));
            } catch (KafkaException e) {
                // The group is on the way to another epoch; what is not committed is read again.
            }
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            for (TopicPartition partition : partitions) {
                Member other = owners.put(partition, this);
                if (other != null) {
                    sharedWithOthers.add(partition + " came from a member that had not given it up");
                }
                owned.add(partition);
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            commit();
            for (TopicPartition partition : partitions) {
                owners.remove(partition, this);
                owned.remove(partition);
            }
        }

        void stop() throws InterruptedException {
            stopping = true;
            thread.join();
        }
    }

    /** A group and all that its members have seen and do. */
    private static final class Group implements AutoCloseable {

        private final String id;
        private final Set<String> seen = ConcurrentHashMap.newKeySet();
        private final ConcurrentMap<TopicPartition, Member> owners = new ConcurrentHashMap<>();
        private final List<String> shared = new CopyOnWriteArrayList<>();
        private final List<Member> members = new ArrayList<>();

        Group(String id) {
            this.id = id;
        }

        Member add(Map<String, Object> settings, String... topics) {
            return add(settings, member -> member.consumer.subscribe(List.of(topics), member));
        }

        Member add(Map<String, Object> settings, Consumer<Member> subscribe) {
            Member member = new Member(this, settings, subscribe);
            members.add(member);
            return member;
        }

        void remove(Member member) throws InterruptedException {
            members.remove(member);
            member.stop();
        }

        /** Waits until the members share these partitions, each having about as many as the next. */
        void awaitEvenly(Set<TopicPartition> partitions) {
            await().atMost(PATIENCE).untilAsserted(() -> {
                assertThat(members.stream().flatMap(member -> member.owned.stream()))
                        .containsExactlyInAnyOrderElementsOf(partitions);
                int share = partitions.size() / members.size();
                assertThat(members)
                        .allSatisfy(member -> assertThat(member.owned).hasSizeBetween(share, share + 1));
            });
        }

        void awaitSeen(Set<String> records) {
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(seen).containsAll(records));
            assertThat(shared).isEmpty();
        }

        @Override
        public void close() throws InterruptedException {
            for (Member member : List.copyOf(members)) {
                remove(member);
            }
        }
    }

    private static final Map<String, Object> CONSUMER = Map.of("group.protocol", "consumer");

    private static Set<TopicPartition> create(String topic, int partitions) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                .all()
                .get();
        return partitions(topic, partitions);
    }

    private static Set<TopicPartition> partitions(String topic, int count) {
        Set<TopicPartition> all = new HashSet<>();
        IntStream.range(0, count).forEach(partition -> all.add(new TopicPartition(topic, partition)));
        return all;
    }

    private static Set<String> produce(String topic, int partitions, String run) {
        Set<String> records = new HashSet<>();
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", nodes.bootstrap()), new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < 20 * partitions; i++) {
                String record = topic + "-" + run + "-" + i;
                records.add(record);
                producer.send(new ProducerRecord<>(topic, i % partitions, null, record));
            }
        }
        return records;
    }

    private static GroupType type(String group) throws Exception {
        return admin.listGroups().all().get().stream()
                .filter(listed -> listed.groupId().equals(group))
                .findFirst()
                .flatMap(listed -> listed.type())
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"uniform", "range"})
    void membersComeAndGo(String assignor) throws Exception {
        String topic = "shared-" + assignor;
        Set<TopicPartition> partitions = create(topic, 6);
        Map<String, Object> settings = Map.of("group.protocol", "consumer", "group.remote.assignor", assignor);
        try (Group group = new Group("members-" + assignor)) {
            Set<String> records = produce(topic, 6, "one");
            Member first = group.add(settings, topic);
            group.awaitEvenly(partitions);
            group.add(settings, topic);
            group.awaitEvenly(partitions);
            group.add(settings, topic);
            records.addAll(produce(topic, 6, "three"));
            group.awaitEvenly(partitions);
            var described = admin.describeConsumerGroups(List.of(group.id))
                    .describedGroups()
                    .get(group.id)
                    .get();
            assertThat(described.partitionAssignor()).isEqualTo(assignor);
            assertThat(described.type()).isEqualTo(GroupType.CONSUMER);
            assertThat(described.groupState()).isIn(GroupState.STABLE, GroupState.RECONCILING);
            group.remove(first);
            group.awaitEvenly(partitions);
            admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(8)))
                    .all()
                    .get();
            group.awaitEvenly(partitions(topic, 8));
            records.addAll(produce(topic, 8, "eight"));
            group.awaitSeen(records);
        }
    }

    @Test
    void anExpressionFollowsTheTopics() throws Exception {
        Set<TopicPartition> partitions = create("in-1", 2);
        create("out-1", 2);
        try (Group group = new Group("by-pattern")) {
            for (int i = 0; i < 2; i++) {
                group.add(CONSUMER, member -> member.consumer.subscribe(new SubscriptionPattern("in-\\d+"), member));
            }
            group.awaitEvenly(partitions);
            partitions.addAll(create("in-22", 4));
            group.awaitEvenly(partitions);
            Set<String> records = produce("in-22", 4, "new");
            group.awaitSeen(records);
            admin.deleteTopics(List.of("in-1")).all().get();
            group.awaitEvenly(partitions("in-22", 4));
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {RangeAssignor.class, CooperativeStickyAssignor.class})
    void aGroupMovesToTheNewProtocolAndBackMemberByMember(Class<?> assignor) throws Exception {
        String topic = "moving-" + assignor.getSimpleName();
        Set<TopicPartition> partitions = create(topic, 6);
        Map<String, Object> classic =
                Map.of("group.protocol", "classic", "partition.assignment.strategy", assignor.getName());
        try (Group group = new Group("moving-" + assignor.getSimpleName())) {
            Set<String> records = produce(topic, 6, "classic");
            for (int i = 0; i < 2; i++) {
                group.add(classic, topic);
            }
            group.awaitEvenly(partitions);
            assertThat(type(group.id)).isEqualTo(GroupType.CLASSIC);

            for (Member old : List.copyOf(group.members)) {
                group.remove(old);
                group.add(CONSUMER, topic);
                records.addAll(produce(topic, 6, "to-" + group.members.size() + old.hashCode()));
                group.awaitEvenly(partitions);
                assertThat(type(group.id)).isEqualTo(GroupType.CONSUMER);
            }
            group.awaitSeen(records);

            for (Member old : List.copyOf(group.members)) {
                group.remove(old);
                group.add(classic, topic);
                records.addAll(produce(topic, 6, "back-" + group.members.size() + old.hashCode()));
                group.awaitEvenly(partitions);
            }
            assertThat(type(group.id)).isEqualTo(GroupType.CLASSIC);
            group.awaitSeen(records);
        }
    }
}
