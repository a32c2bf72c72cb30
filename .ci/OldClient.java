import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** An idempotent producer and an assigned consumer of an old kafka-clients: what it wrote it reads back. */
public class OldClient {
    public static void main(String[] arguments) throws Exception {
        String servers = arguments[0];
        TopicPartition partition = new TopicPartition(arguments[1], 0);
        Set<String> sent = new HashSet<>();
        Map<String, Object> producing = Map.of(
                "bootstrap.servers", servers,
                "acks", "all",
                "enable.idempotence", true,
                "compression.type", "lz4",
                "key.serializer", StringSerializer.class,
                "value.serializer", StringSerializer.class);
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(producing)) {
            for (int i = 0; i < 1000; i++) {
                sent.add("v" + i);
                producer.send(new ProducerRecord<>(partition.topic(), 0, "k", "v" + i), (metadata, error) -> {
                    if (error != null) {
                        error.printStackTrace();
                        System.exit(1);
                    }
                });
            }
        }
        Map<String, Object> consuming = Map.of(
                "bootstrap.servers", servers,
                "enable.auto.commit", false,
                "key.deserializer", StringDeserializer.class,
                "value.deserializer", StringDeserializer.class);
        int read = 0;
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(consuming)) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    read++;
                    if (!sent.remove(record.value())) {
                        throw new IllegalStateException("nobody sent, or twice: " + record);
                    }
                }
            }
        }
        if (read != 1000 || !sent.isEmpty()) {
            throw new IllegalStateException("read " + read + ", lost " + sent.size());
        }
    }
}
