package io.barnabas.chaos.run.load;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * A topic of one workload, on three nodes.
 *
 * @param configs those that differ from the cluster's defaults
 */
record LoadTopic(String name, int count, Map<String, String> configs) {

    private static final short REPLICAS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration GLANCE = Duration.ofMillis(50);

    LoadTopic {
        configs = Map.copyOf(configs);
    }

    boolean isCompacted() {
        return configs.getOrDefault(TopicConfig.CLEANUP_POLICY_CONFIG, "").contains(TopicConfig.CLEANUP_POLICY_COMPACT);
    }

    /** Whether its configs let it lose its oldest records during a run; the cluster's default does not. */
    boolean isTrimmed() {
        return configs.containsKey(TopicConfig.RETENTION_MS_CONFIG);
    }

    List<TopicPartition> partitions() {
        return IntStream.range(0, count)
                .mapToObj(number -> new TopicPartition(name, number))
                .toList();
    }

    /** Makes it and waits until each partition is led. */
    void create(Admin admin) throws InterruptedException {
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        try {
            admin.createTopics(List.of(new NewTopic(name, count, REPLICAS).configs(configs)))
                    .all()
                    .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            while (!isLed(admin)) {
                if (System.nanoTime() - giveUp > 0) {
                    throw new IllegalStateException("topic " + name + " has no leaders after " + PATIENCE);
                }
                LockSupport.parkNanos(GLANCE.toNanos());
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("topic " + name + " cannot be made: " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new IllegalStateException("topic " + name + " was not made within " + PATIENCE, e);
        }
    }

    private boolean isLed(Admin admin) throws InterruptedException, ExecutionException, TimeoutException {
        try {
            TopicDescription topic = admin.describeTopics(List.of(name))
                    .topicNameValues()
                    .get(name)
                    .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            return topic.partitions().stream()
                    .map(TopicPartitionInfo::leader)
                    .allMatch(leader ->
                            leader != null && leader.id() != Node.noNode().id());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                // The node that was asked has not heard of it yet.
                return false;
            }
            throw e;
        }
    }
}
