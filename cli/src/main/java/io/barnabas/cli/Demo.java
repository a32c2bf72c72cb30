package io.barnabas.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ReplicaInfo;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;

/** The steps of the demo, each on the real cluster, each checked. */
final class Demo {

    private static final String TOPIC = "flights";
    private static final int PARTITIONS = 6;
    private static final short REPLICAS = 3;
    /** Flights kept back to be sent one by one while the leader is killed. */
    private static final int LIVE_FLIGHTS = 800;

    private static final long LIVE_INTERVAL_MS = 8;
    private static final int FLIGHTS_BEFORE_KILL = 200;
    private static final Instant POINT_IN_TIME = Instant.parse("2001-03-01T00:00:00Z");
    private static final int SHOWN = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final LocalCluster cluster;
    private final ClusterClient client;
    private final PrintWriter out;
    private final long begin = System.nanoTime();
    private int step;
    /** The offset that the background tail saw last. */
    private volatile long lastTailed = -1;

    Demo(LocalCluster cluster, PrintWriter out) {
        this.cluster = cluster;
        this.client = new ClusterClient(cluster.bootstrap());
        this.out = out;
    }

    void run() {
        boot();
        List<ProducerRecord<byte[], byte[]>> flights = Flights.records(TOPIC);
        try (Admin admin = client.admin();
                Producer<byte[], byte[]> producer = client.producer(
                        Map.of(ProducerConfig.ACKS_CONFIG, "all", ProducerConfig.LINGER_MS_CONFIG, 0))) {
            createTopic(admin);
            load(producer, flights.subList(0, flights.size() - LIVE_FLIGHTS));
            int partition = busiest(admin);
            showFromTime(partition);
            int killed = killLeader(
                    admin, producer, partition, flights.subList(flights.size() - LIVE_FLIGHTS, flights.size()));
            bringBack(admin, killed);
        }
        verify(flights.size());
        out.println();
        out.printf("All of it took %.1f s. Try next:%n", seconds(System.nanoTime() - begin));
        out.println("  barnabas quorum bootstrap --local 3 --dir my-cluster");
        out.println("  barnabas topic create orders --partitions 6 --replication-factor 3");
        out.println("  echo 'a:1' | barnabas produce orders --key-separator :");
        out.println("  barnabas partition tail orders --from beginning");
        out.flush();
    }

    private void say(String format, Object... arguments) {
        out.printf("[%d] %s%n", ++step, format.formatted(arguments));
        out.flush();
    }

    private void detail(String line) {
        out.println("      " + line);
        out.flush();
    }

    private void boot() {
        long start = System.nanoTime();
        new ClusterStart(cluster).run();
        say(
                "A quorum of %d nodes serves after %.1f s at %s",
                cluster.nodes().size(), seconds(System.nanoTime() - start), cluster.bootstrap());
    }

    private void createTopic(Admin admin) {
        // The flights are of 2001: by the usual retention they would be deleted within minutes.
        NewTopic topic = new NewTopic(TOPIC, PARTITIONS, REPLICAS).configs(Map.of("retention.ms", "-1"));
        client.get(admin.createTopics(List.of(topic)).all());
        say("Created topic %s: %d partitions, %d replicas each", TOPIC, PARTITIONS, REPLICAS);
        for (TopicPartitionInfo partition : ledPartitions(admin)) {
            detail("partition " + partition.partition() + ": leader "
                    + partition.leader().id() + ", replicas "
                    + partition.replicas().stream().map(node -> node.idString()).toList());
        }
    }

    /** All partitions, once each has a leader. */
    private List<TopicPartitionInfo> ledPartitions(Admin admin) {
        await(
                "every partition to be led",
                () -> partitions(admin).stream().allMatch(partition -> partition.leader() != null));
        return partitions(admin);
    }

    private List<TopicPartitionInfo> partitions(Admin admin) {
        return client.get(admin.describeTopics(List.of(TOPIC)).topicNameValues().get(TOPIC))
                .partitions();
    }

    private void load(Producer<byte[], byte[]> producer, List<ProducerRecord<byte[], byte[]>> flights) {
        long start = System.nanoTime();
        Sending sending = new Sending(producer);
        flights.forEach(sending::send);
        sending.flush();
        requireAll(sending);
        say(
                "Produced %d flights with acks=all, each on disk on a majority, in %.1f s",
                sending.acknowledged(), seconds(System.nanoTime() - start));
    }

    private static void requireAll(Sending sending) {
        if (sending.failed() > 0) {
            throw new CommandFailedException(
                    sending.failed() + " flights were not stored: " + Failures.line(sending.firstFailure()),
                    sending.firstFailure());
        }
    }

    private int busiest(Admin admin) {
        Map<TopicPartition, OffsetSpec> query = new HashMap<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            query.put(new TopicPartition(TOPIC, partition), OffsetSpec.latest());
        }
        return client.get(admin.listOffsets(query).all()).entrySet().stream()
                .max((a, b) -> Long.compare(a.getValue().offset(), b.getValue().offset()))
                .orElseThrow()
                .getKey()
                .partition();
    }

    private void showFromTime(int partition) {
        say("Tailing %s:%d from %s, found by the time index", TOPIC, partition, POINT_IN_TIME);
        int[] shown = {0};
        try (Tail tail = new Tail(client.consumer(), new PartitionRef(TOPIC, OptionalInt.of(partition)))) {
            tail.seek(new From.Time(POINT_IN_TIME.toEpochMilli()));
            tail.run(false, () -> shown[0] < SHOWN, record -> {
                if (shown[0] == 0 && record.timestamp() < POINT_IN_TIME.toEpochMilli()) {
                    throw new CommandFailedException("the time index found an earlier record: " + record);
                }
                detail(RecordText.line(record));
                return ++shown[0] < SHOWN;
            });
        }
        if (shown[0] == 0) {
            throw new CommandFailedException("no record was found at or after " + POINT_IN_TIME);
        }
    }

    /** When the tail saw records of the partition, and the longest it waited between two. */
    private static final class Watch {
        private long lastNanos;
        private long longestNanos;
        private int seen;

        synchronized void saw() {
            long now = System.nanoTime();
            if (seen++ > 0) {
                longestNanos = Math.max(longestNanos, now - lastNanos);
            }
            lastNanos = now;
        }

        synchronized long longestMs() {
            return TimeUnit.NANOSECONDS.toMillis(longestNanos);
        }

        synchronized int seen() {
            return seen;
        }
    }

    private int killLeader(
            Admin admin,
            Producer<byte[], byte[]> producer,
            int partition,
            List<ProducerRecord<byte[], byte[]>> flights) {
        int leader = ledPartitions(admin).get(partition).leader().id();
        AtomicBoolean proceed = new AtomicBoolean(true);
        Watch watch = new Watch();
        CompletableFuture<Void> tailing = tailInBackground(partition, proceed, watch);
        Sending sending = new Sending(producer);
        int sent = 0;
        for (ProducerRecord<byte[], byte[]> flight : flights) {
            if (sent++ == FLIGHTS_BEFORE_KILL) {
                cluster.node(leader).kill();
                say(
                        "Killed node %d (kill -9), the leader of %s:%d, while producing and tailing go on",
                        leader, TOPIC, partition);
            }
            sending.send(flight);
            pause(LIVE_INTERVAL_MS);
        }
        sending.flush();
        requireAll(sending);
        int next = ledPartitions(admin).get(partition).leader().id();
        await("the tail to see the last live flights", () -> caughtUp(admin, partition));
        proceed.set(false);
        tailing.join();
        detail("node " + next + " leads now; all " + sending.acknowledged() + " live flights were acknowledged, "
                + watch.seen() + " of them tailed here");
        detail("longest silence seen by the tail: " + watch.longestMs() + " ms");
        return leader;
    }

    private CompletableFuture<Void> tailInBackground(int partition, AtomicBoolean proceed, Watch watch) {
        Tail tail = new Tail(client.consumer(), new PartitionRef(TOPIC, OptionalInt.of(partition)));
        tail.seek(new From.End());
        return CompletableFuture.runAsync(
                () -> {
                    try (tail) {
                        tail.run(true, proceed::get, record -> {
                            watch.saw();
                            lastTailed = record.offset();
                            return true;
                        });
                    }
                },
                Thread::startVirtualThread);
    }

    private boolean caughtUp(Admin admin, int partition) {
        TopicPartition id = new TopicPartition(TOPIC, partition);
        long end = client.get(admin.listOffsets(Map.of(id, OffsetSpec.latest())).partitionResult(id))
                .offset();
        return lastTailed == end - 1;
    }

    private void bringBack(Admin admin, int killed) {
        long start = System.nanoTime();
        cluster.node(killed).start();
        await(
                "node " + killed + " to come back and catch up",
                () -> replicaBytes(admin, killed).equals(leaderBytes(admin)));
        say(
                "Node %d is back and has caught up with every partition after %.1f s",
                killed, seconds(System.nanoTime() - start));
    }

    /** Size of each partition's replica on one node; empty while the node does not answer. */
    private Map<Integer, Long> replicaBytes(Admin admin, int node) {
        Map<Integer, Long> bytes = new HashMap<>();
        try {
            admin.describeLogDirs(List.of(node))
                    .descriptions()
                    .get(node)
                    .get(2, TimeUnit.SECONDS)
                    .values()
                    .forEach(directory ->
                            directory.replicaInfos().forEach((partition, info) -> add(bytes, partition, info)));
            return bytes;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException("interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            return Map.of();
        }
    }

    private static void add(Map<Integer, Long> bytes, TopicPartition partition, ReplicaInfo info) {
        if (partition.topic().equals(TOPIC) && info.offsetLag() == 0) {
            bytes.put(partition.partition(), info.size());
        }
    }

    private Map<Integer, Long> leaderBytes(Admin admin) {
        Map<Integer, Map<Integer, Long>> byNode = new HashMap<>();
        Map<Integer, Long> bytes = new HashMap<>();
        for (TopicPartitionInfo partition : partitions(admin)) {
            if (partition.leader() != null) {
                Optional.ofNullable(byNode.computeIfAbsent(partition.leader().id(), node -> replicaBytes(admin, node))
                                .get(partition.partition()))
                        .ifPresent(size -> bytes.put(partition.partition(), size));
            }
        }
        return bytes.size() == PARTITIONS ? bytes : Map.of(-1, -1L);
    }

    private void verify(int expected) {
        Set<Integer> numbers = new HashSet<>();
        Map<String, Integer> lastOfKey = new HashMap<>();
        int[] read = {0};
        try (Tail tail = new Tail(client.consumer(), new PartitionRef(TOPIC, OptionalInt.empty()))) {
            tail.seek(new From.Beginning());
            tail.run(false, () -> true, record -> {
                read[0]++;
                check(record, numbers, lastOfKey);
                return true;
            });
        }
        if (numbers.size() != expected) {
            throw new CommandFailedException(
                    "of " + expected + " flights " + (expected - numbers.size()) + " were lost");
        }
        say(
                "Read everything back: %d records, none lost, none doubled, in order for each of %d airports",
                read[0], lastOfKey.size());
    }

    private static void check(
            ConsumerRecord<byte[], byte[]> record, Set<Integer> numbers, Map<String, Integer> lastOfKey) {
        int number = Flights.number(record);
        if (!numbers.add(number)) {
            throw new CommandFailedException("flight " + number + " was stored twice");
        }
        String key = new String(record.key(), StandardCharsets.UTF_8);
        Integer last = lastOfKey.put(key, number);
        if (last != null && last > number) {
            throw new CommandFailedException("flight " + number + " from " + key + " stands after flight " + last);
        }
    }

    private interface Condition {
        boolean holds();
    }

    private static void await(String what, Condition condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                throw new CommandFailedException("waited " + PATIENCE.toSeconds() + " s in vain for " + what);
            }
            pause(50);
        }
    }

    private static void pause(long ms) {
        try {
            TimeUnit.MILLISECONDS.sleep(ms);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException("interrupted", e);
        }
    }

    private static double seconds(long nanos) {
        return nanos / (double) TimeUnit.SECONDS.toNanos(1);
    }
}
