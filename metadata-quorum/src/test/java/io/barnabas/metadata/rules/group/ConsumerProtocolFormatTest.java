package io.barnabas.metadata.rules.group;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.barnabas.metadata.rules.Seeds;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Read and written as Kafka's own client does. */
class ConsumerProtocolFormatTest {

    @Test
    void readsSubscriptionsOfEveryVersion() {
        Subscription subscription = new Subscription(
                List.of("t", "u"),
                ByteBuffer.wrap(new byte[] {1, 2, 3}),
                List.of(new TopicPartition("t", 0), new TopicPartition("t", 2)),
                7,
                Optional.of("rack"));
        for (short version = 0; version <= 3; version++) {
            var read = ConsumerProtocolFormat.readSubscription(
                    ByteString.copyFrom(ConsumerProtocol.serializeSubscription(subscription, version)));
            assertThat(read)
                    .contains(new ConsumerProtocolFormat.Subscription(
                            version,
                            Set.of("t", "u"),
                            version >= 1 ? Map.of("t", Set.of(0, 2)) : Map.of(),
                            version >= 3 ? Optional.of("rack") : Optional.empty()));
        }
    }

    @Test
    void readsAssignments() {
        List<TopicPartition> partitions = List.of(new TopicPartition("t", 1), new TopicPartition("u", 0));
        for (short version = 0; version <= 3; version++) {
            assertThat(ConsumerProtocolFormat.readAssignment(ByteString.copyFrom(
                            ConsumerProtocol.serializeAssignment(new Assignment(partitions), version))))
                    .contains(new ConsumerProtocolFormat.Assignment(Map.of("t", Set.of(1), "u", Set.of(0)), false));
        }
        assertThat(ConsumerProtocolFormat.readAssignment(ByteString.copyFrom(ConsumerProtocol.serializeAssignment(
                        new Assignment(partitions, ByteBuffer.wrap(new byte[] {9}))))))
                .hasValueSatisfying(read -> assertThat(read.hasUserData()).isTrue());
        assertThat(ConsumerProtocolFormat.readAssignment(ByteString.EMPTY))
                .contains(new ConsumerProtocolFormat.Assignment(Map.of(), false));
    }

    @Test
    void writesAssignmentsThatKafkaReads() {
        ByteString written = ConsumerProtocolFormat.writeAssignment(3, Map.of("t", Set.of(2, 0), "u", Set.of(1)));
        assertThat(ConsumerProtocol.deserializeAssignment(written.asReadOnlyByteBuffer())
                        .partitions())
                .containsExactlyInAnyOrder(
                        new TopicPartition("t", 0), new TopicPartition("t", 2), new TopicPartition("u", 1));
    }

    @Test
    void bytesOfAnotherKindAreRefused() throws Exception {
        Seeds.run("malformed subscriptions", 2_000, random -> {
            Subscription subscription = new Subscription(
                    new ArrayList<>(new HashSet<>(List.of("topic"))), null, List.of(new TopicPartition("topic", 3)));
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            ConsumerProtocolFormat.readSubscription(ByteString.copyFrom(bytes));
            ConsumerProtocolFormat.readAssignment(ByteString.copyFrom(bytes));
            ByteBuffer good = ConsumerProtocol.serializeSubscription(subscription, (short) 3);
            byte[] cut = new byte[random.nextInt(good.remaining())];
            good.get(cut);
            assertThat(ConsumerProtocolFormat.readSubscription(ByteString.copyFrom(cut)))
                    .isEmpty();
        });
    }
}
