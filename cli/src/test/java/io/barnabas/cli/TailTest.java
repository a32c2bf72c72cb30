package io.barnabas.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class TailTest {

    private static final TopicPartition PARTITION = new TopicPartition("t", 0);
    private static final Node NODE = new Node(1, "127.0.0.1", 9092);

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
    private final List<Long> seen = new ArrayList<>();

    TailTest() {
        Node[] nodes = {NODE};
        consumer.updatePartitions("t", List.of(new PartitionInfo("t", 0, NODE, nodes, nodes)));
        consumer.updateBeginningOffsets(Map.of(PARTITION, 2L));
        consumer.updateEndOffsets(Map.of(PARTITION, 5L));
    }

    private Tail tail() {
        return new Tail(consumer, new PartitionRef("t", OptionalInt.of(0)));
    }

    private void add(long... offsets) {
        for (long offset : offsets) {
            consumer.addRecord(new ConsumerRecord<>("t", 0, offset, null, new byte[0]));
        }
    }

    @Test
    void withoutFollowingItEndsWhereTheLogEndedAtFirst() {
        try (Tail tail = tail()) {
            tail.seek(new From.Beginning());
            add(2, 3, 4, 5, 6);

            tail.run(false, () -> true, record -> seen.add(record.offset()));
        }
        assertThat(seen).containsExactly(2L, 3L, 4L);
    }

    @Test
    void theSinkEndsIt() {
        try (Tail tail = tail()) {
            tail.seek(new From.Offset(3));
            add(3, 4, 5);

            tail.run(true, () -> true, record -> {
                seen.add(record.offset());
                return seen.size() < 2;
            });
        }
        assertThat(seen).containsExactly(3L, 4L);
    }

    @Test
    void followingGoesOnPastTheEndUntilToldOtherwise() {
        try (Tail tail = tail()) {
            tail.seek(new From.End());
            add(5, 6);

            tail.run(true, () -> seen.size() < 2, record -> seen.add(record.offset()));
        }
        assertThat(seen).containsExactly(5L, 6L);
    }

    @Test
    void anOffsetThatIsGoneIsAnsweredWithThoseThatThereAre() {
        try (Tail tail = tail()) {
            tail.seek(new From.Offset(1));
            add(2);

            assertThatThrownBy(() -> tail.run(true, () -> true, record -> true))
                    .isInstanceOf(CommandFailedException.class)
                    .hasMessageContaining("t-0 has no offset 1, it holds 2 to 5");
        }
    }

    @Test
    void missingTopicsAndPartitionsAreNamed() {
        assertThatThrownBy(() -> new Tail(consumer, new PartitionRef("t", OptionalInt.of(1))))
                .hasMessageContaining("partitions 0 to 0");
        assertThatThrownBy(() -> new Tail(consumer, new PartitionRef("none", OptionalInt.empty())))
                .hasMessageContaining("'none' does not exist");
    }
}
