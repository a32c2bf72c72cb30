package io.barnabas.cli;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** A group of stock consumers, each on a thread of its own, that tells when every partition has exactly one of them. */
final class BenchGroup implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final ClusterClient cluster;
    private final BenchTopic topic;
    private final String protocol;
    private final PollAction afterPoll;
    private final String id = "bench-" + UUID.randomUUID();
    private final Deque<Member> members = new ArrayDeque<>();
    private final Map<Member, Set<TopicPartition>> owned = new ConcurrentHashMap<>();
    private final AtomicInteger assignments = new AtomicInteger();

    /** What a member does after a poll. */
    @FunctionalInterface
    interface PollAction {
        void run(Consumer<byte[], byte[]> consumer);
    }

    /**
     * A group without members.
     *
     * @param protocol {@code classic} or {@code consumer}
     * @param afterPoll what each member does after every poll, on its thread
     */
    BenchGroup(ClusterClient cluster, BenchTopic topic, String protocol, PollAction afterPoll) {
        this.cluster = cluster;
        this.topic = topic;
        this.protocol = protocol;
        this.afterPoll = afterPoll;
    }

    String id() {
        return id;
    }

    /** How often a member was told an assignment. */
    int assignments() {
        return assignments.get();
    }

    /** Lets members join until there are that many, and waits until all have their partitions; how long it took. */
    Duration grow(int size) {
        long begun = System.nanoTime();
        while (members.size() < size) {
            Member member = new Member();
            members.push(member);
            member.thread.start();
        }
        return settled(begun);
    }

    /** Lets one member leave, and waits until the others have its partitions; how long it took. */
    Duration shrink() {
        long begun = System.nanoTime();
        members.pop().stop();
        return settled(begun);
    }

    private Duration settled(long begun) {
        while (!isSettled()) {
            for (Member member : members) {
                if (member.failure != null) {
                    throw new CommandFailedException(
                            "a member failed: " + Failures.line(member.failure), member.failure);
                }
            }
            if (System.nanoTime() - begun > PATIENCE.toNanos()) {
                throw new CommandFailedException("the group did not settle within " + PATIENCE.toSeconds() + " s");
            }
            try {
                TimeUnit.MILLISECONDS.sleep(1);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CommandFailedException("interrupted", e);
            }
        }
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    private boolean isSettled() {
        Set<TopicPartition> all = new HashSet<>();
        int sum = 0;
        int fewest = topic.partitions() / members.size();
        for (Member member : members) {
            Set<TopicPartition> some = owned.getOrDefault(member, Set.of());
            if (some.size() < fewest) {
                return false;
            }
            all.addAll(some);
            sum += some.size();
        }
        return sum == topic.partitions() && all.size() == sum;
    }

    @Override
    public void close() {
        members.forEach(member -> member.stopping = true);
        members.forEach(Member::stop);
    }

    private final class Member implements ConsumerRebalanceListener {

        private final Thread thread = Thread.ofPlatform().daemon().unstarted(this::run);
        private final Set<TopicPartition> mine = new HashSet<>();
        private volatile boolean stopping;
        private volatile KafkaException failure;

        private void run() {
            try (var consumer = cluster.consumer(Map.of(
                    ConsumerConfig.GROUP_ID_CONFIG,
                    id,
                    ConsumerConfig.GROUP_PROTOCOL_CONFIG,
                    protocol,
                    ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                    "earliest"))) {
                consumer.subscribe(List.of(topic.name()), this);
                while (!stopping) {
                    consumer.poll(POLL);
                    afterPoll.run(consumer);
                }
            } catch (KafkaException e) {
                failure = e;
            } finally {
                owned.remove(this);
            }
        }

        private void stop() {
            stopping = true;
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            assignments.incrementAndGet();
            mine.addAll(partitions);
            owned.put(this, Set.copyOf(mine));
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            partitions.forEach(mine::remove);
            owned.put(this, Set.copyOf(mine));
        }
    }
}
