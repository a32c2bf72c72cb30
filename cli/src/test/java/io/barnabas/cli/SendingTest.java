package io.barnabas.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class SendingTest {

    @Test
    void countsWhatBecameOfEachRecord() {
        try (MockProducer<byte[], byte[]> producer = new MockProducer<>(
                false, new RoundRobinPartitioner(), new ByteArraySerializer(), new ByteArraySerializer())) {
            Sending sending = new Sending(producer);
            sending.send(new ProducerRecord<>("t", bytes("key"), bytes("value")));
            sending.send(new ProducerRecord<>("t", bytes("second")));
            sending.send(new ProducerRecord<>("t", bytes("third")));
            RecordTooLargeException first = new RecordTooLargeException("too large");

            producer.completeNext();
            producer.errorNext(first);
            producer.errorNext(new RecordTooLargeException("also"));

            assertThat(sending.sent()).isEqualTo(3);
            assertThat(sending.bytes()).isEqualTo("keyvaluesecondthird".length());
            assertThat(sending.acknowledged()).isEqualTo(1);
            assertThat(sending.failed()).isEqualTo(2);
            assertThat(sending.firstFailure()).isSameAs(first);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
