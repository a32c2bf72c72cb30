package io.barnabas.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.metadata.rules.Coordinator;
import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.MetadataRules;
import io.barnabas.metadata.rules.NodeInfo;
import io.barnabas.metadata.rules.Outcome;
import io.barnabas.metadata.rules.PartitionInfo;
import io.barnabas.metadata.rules.RandomCommands;
import io.barnabas.metadata.rules.Seeds;
import io.barnabas.metadata.rules.TopicInfo;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** One log, several replicas: whatever snapshots they were restored from, they reach the same image. */
class ReplayTest {

    private static final int COMMANDS = 400;

    @Test
    void replicasAgreeWhereverTheyRestart() throws Exception {
        Seeds.run("replay", 60, random -> {
            RandomCommands draw = new RandomCommands(random);
            MetadataImage leader = MetadataImage.EMPTY;
            MetadataImage steady = MetadataImage.EMPTY;
            MetadataImage restarting = MetadataImage.EMPTY;
            for (long index = 0; index < COMMANDS; index++) {
                MetadataCommand command = draw.next(leader);
                byte[] entry = CommandCodec.encode(command);
                MetadataImage before = leader;
                Outcome outcome = MetadataRules.apply(leader, command, index);
                leader = after(before, outcome);
                steady = after(steady, MetadataRules.apply(steady, CommandCodec.decode(entry), index));
                restarting = after(restarting, MetadataRules.apply(restarting, CommandCodec.decode(entry), index));
                if (random.nextInt(20) == 0) {
                    restarting = ImageCodec.decode(ImageCodec.encode(restarting));
                }
                checkStep(before, leader);
            }
            checkWhole(leader);
            assertThat(steady).isEqualTo(leader);
            assertThat(restarting).isEqualTo(leader);
        });
    }

    private static MetadataImage after(MetadataImage image, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Changed changed -> changed.image();
            case Outcome.Refused refused -> image;
        };
    }

    /** What never goes back: indexes, producer ids, node epochs, leader epochs, the number of partitions. */
    private static void checkStep(MetadataImage before, MetadataImage now) {
        assertThat(now.index()).isGreaterThanOrEqualTo(before.index());
        assertThat(now.nextProducerId()).isGreaterThanOrEqualTo(before.nextProducerId());
        for (NodeInfo node : before.nodes().values()) {
            now.node(node.id()).ifPresent(next -> assertThat(next.epoch()).isGreaterThanOrEqualTo(node.epoch()));
        }
        for (int shard = 0; shard < before.coordinators().size(); shard++) {
            Coordinator then = before.coordinators().get(shard);
            Coordinator next = now.coordinators().get(shard);
            assertThat(next.equals(then) || next.epoch() > then.epoch())
                    .as("%s then %s", then, next)
                    .isTrue();
        }
        for (TopicInfo topic : before.topics().values()) {
            now.topic(topic.id()).ifPresent(next -> {
                assertThat(next.partitions())
                        .hasSizeGreaterThanOrEqualTo(topic.partitions().size());
                for (PartitionInfo partition : topic.partitions()) {
                    PartitionInfo follower = next.partitions().get(partition.partition());
                    assertThat(follower.leaderEpoch()).isGreaterThanOrEqualTo(partition.leaderEpoch());
                    assertThat(follower.leaderEpoch() > partition.leaderEpoch()
                                    || follower.generation() > partition.generation()
                                    || follower.leader() == partition.leader())
                            .as("%s then %s", partition, follower)
                            .isTrue();
                }
            });
        }
    }

    /** What holds in every image. */
    private static void checkWhole(MetadataImage image) {
        assertThat(image.topicNames()).hasSameSizeAs(image.topics());
        for (Map.Entry<String, TopicInfo> entry : image.topics().entrySet()) {
            TopicInfo topic = entry.getValue();
            assertThat(topic.name()).isEqualTo(entry.getKey());
            assertThat(image.topicNames()).containsEntry(topic.id(), topic.name());
            assertThat(topic.partitions()).isNotEmpty();
            for (int number = 0; number < topic.partitions().size(); number++) {
                PartitionInfo partition = topic.partitions().get(number);
                assertThat(partition.partition()).isEqualTo(number);
                assertThat(partition.replicas()).isNotEmpty().doesNotHaveDuplicates();
                assertThat(image.nodes().keySet()).containsAll(partition.replicas());
            }
        }
        for (Coordinator coordinator : image.coordinators()) {
            assertThat(coordinator.nodeId() == Coordinator.NONE
                            || !image.nodes().get(coordinator.nodeId()).fenced())
                    .as("%s is live", coordinator)
                    .isTrue();
        }
        image.configs().values().forEach(values -> assertThat(values).isNotEmpty());
    }
}
