package io.barnabas.net.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.net.kafka.testing.FakeBroker;
import io.barnabas.net.kafka.testing.KafkaSocket;
import io.barnabas.net.kafka.testing.Requests;
import io.barnabas.net.kafka.testing.ServedBroker;
import io.barnabas.net.kafka.testing.ServedBrokerTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames in, frames out: order, limits, and what ends a connection. */
class PipelineTest extends ServedBrokerTest {

    private static final int VERSIONS = 3;

    @TempDir
    Path otherDirectory;

    private static byte[] versionsRequest(int correlationId) {
        return KafkaSocket.frame(
                ApiKeys.API_VERSIONS,
                VERSIONS,
                correlationId,
                null,
                Requests.typical(ApiKeys.API_VERSIONS, VERSIONS, null));
    }

    private void assertServed(KafkaSocket socket, int correlationId) throws IOException {
        socket.sendRaw(versionsRequest(correlationId));
        assertThat(socket.receive(ApiKeys.API_VERSIONS, VERSIONS, correlationId, ApiVersionsResponseData.class)
                        .errorCode())
                .isZero();
    }

    @Test
    void aRequestMayArriveByteByByte() throws IOException {
        for (byte one : versionsRequest(9)) {
            client.sendRaw(new byte[] {one});
        }
        assertThat(client.receive(ApiKeys.API_VERSIONS, VERSIONS, 9, ApiVersionsResponseData.class)
                        .errorCode())
                .isZero();
    }

    @Test
    void requestsInOnePieceAreAnsweredInOrder() throws IOException {
        int count = 500;
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            all.writeBytes(versionsRequest(i));
        }
        client.sendRaw(all.toByteArray());
        for (int i = 0; i < count; i++) {
            client.receive(ApiKeys.API_VERSIONS, VERSIONS, i, ApiVersionsResponseData.class);
        }
    }

    @Test
    void aSlowAnswerHoldsBackThoseAfterIt() throws IOException {
        TopicInfo topic = broker.createTopic("slow", 1);
        broker.fake("slow", 0).hold();
        int slow = client.send(ApiKeys.PRODUCE, 9, Requests.produce(9, topic, 0, (short) -1, Requests.batch(1)));
        int quick = client.send(ApiKeys.METADATA, 9, new MetadataRequestData());
        await().until(() -> broker.fake("slow", 0).held() == 1);
        try (KafkaSocket other = served.connect()) {
            assertServed(other, 1);
        }
        broker.fake("slow", 0).commit();

        client.receive(ApiKeys.PRODUCE, 9, slow, ProduceResponseData.class);
        client.receive(ApiKeys.METADATA, 9, quick, MetadataResponseData.class);
    }

    @Test
    void morePipelinedRequestsThanTheLimitAreAllAnswered() throws IOException {
        TopicInfo topic = broker.createTopic("many", 1);
        broker.fake("many", 0).hold();
        int count = 300;
        for (int i = 0; i < count; i++) {
            client.sendRaw(KafkaSocket.frame(
                    ApiKeys.PRODUCE, 9, i, "c", Requests.produce(9, topic, 0, (short) -1, Requests.batch(50))));
        }
        await().until(() -> broker.fake("many", 0).held() >= 64);
        broker.fake("many", 0).commit();
        for (int i = 0; i < count; i++) {
            client.receive(ApiKeys.PRODUCE, 9, i, ProduceResponseData.class);
        }
        assertThat(broker.fake("many", 0).offsets().highWatermark()).isEqualTo(count * 50L);
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 100, Short.MAX_VALUE, -1})
    void anUnknownVersionOfApiVersionsIsAnsweredInVersionZero(int version) throws IOException {
        ByteBuffer frame = ByteBuffer.wrap(versionsRequest(4));
        frame.putShort(6, (short) version);
        client.sendRaw(frame.array());

        ApiVersionsResponseData response = client.receive(ApiKeys.API_VERSIONS, 0, 4, ApiVersionsResponseData.class);
        assertThat(response.errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
        assertThat(response.apiKeys()).hasSize(1);
        assertThat(response.apiKeys().find(ApiKeys.API_VERSIONS.id).maxVersion())
                .isEqualTo((short) 4);
        assertServed(client, 5);
    }

    @Test
    void unknownKeysAndVersionsEndTheConnection() throws IOException {
        for (short[] keyAndVersion : List.of(
                new short[] {0, 2}, new short[] {0, 14}, new short[] {7, 0}, new short[] {999, 0}, new short[] {-1, 0
                })) {
            try (KafkaSocket socket = served.connect()) {
                ByteBuffer frame = ByteBuffer.wrap(versionsRequest(4));
                frame.putShort(4, keyAndVersion[0]).putShort(6, keyAndVersion[1]);
                socket.sendRaw(frame.array());
                assertThat(socket.isClosedByPeer()).isTrue();
            }
        }
        assertServed(client, 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MAX_VALUE, -1, Integer.MIN_VALUE, (1 << 20) + 1, 0, 3})
    void aLengthThatNoRequestHasEndsTheConnection(int length) throws IOException {
        try (KafkaSocket socket = served.connect()) {
            socket.sendRaw(ByteBuffer.allocate(7).putInt(length).array());
            assertThat(socket.isClosedByPeer()).isTrue();
        }
        assertServed(client, 1);
    }

    @Test
    void aRequestOfTheLargestSizeIsRead() throws IOException {
        byte[] request = versionsRequest(3);
        int max = broker.settings().maxRequestBytes();
        ByteBuffer padded =
                ByteBuffer.allocate(Integer.BYTES + max).put(request).putInt(0, max);
        client.sendRaw(padded.array());
        assertThat(client.receive(ApiKeys.API_VERSIONS, VERSIONS, 3, ApiVersionsResponseData.class)
                        .errorCode())
                .isZero();
    }

    @Test
    void anHttpRequestEndsTheConnection() throws IOException {
        try (KafkaSocket socket = served.connect()) {
            socket.sendRaw("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.isClosedByPeer()).isTrue();
        }
    }

    @Test
    void requestsAfterTheOneThatEndsTheConnectionAreNotHandled() throws IOException {
        TopicInfo topic = broker.createTopic("after", 1);
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(ByteBuffer.allocate(8).putInt(4).putShort((short) 999).array());
        both.writeBytes(KafkaSocket.frame(
                ApiKeys.PRODUCE, 9, 1, "c", Requests.produce(9, topic, 0, (short) 1, Requests.batch(1))));
        client.sendRaw(both.toByteArray());

        assertThat(client.isClosedByPeer()).isTrue();
        assertThat(broker.fake("after", 0).offsets().logEndOffset()).isZero();
    }

    @Test
    void aFailingHandlerEndsItsOwnConnectionAlone() throws IOException {
        TopicInfo topic = broker.createTopic("broken", 1);
        // Its file is gone under it: the append throws.
        broker.fake("broken", 0).closeFile();
        try (KafkaSocket socket = served.connect()) {
            socket.send(ApiKeys.PRODUCE, 9, Requests.produce(9, topic, 0, (short) 1, Requests.batch(1)));
            assertThat(socket.isClosedByPeer()).isTrue();
        }
        assertServed(client, 1);
    }

    @Test
    void idleConnectionsAndHalfFramesAreClosedButNotWaitingOnes() throws IOException {
        FakeBroker patient = new FakeBroker(otherDirectory);
        TopicInfo topic = patient.createTopic("quiet", 1);
        try (ServedBroker impatient = new ServedBroker(patient, 10, Duration.ofMillis(200));
                KafkaSocket idle = impatient.connect();
                KafkaSocket half = impatient.connect();
                KafkaSocket waiting = impatient.connect()) {
            half.sendRaw(new byte[] {0, 0, 1, 0, 0, 18});
            int fetch = waiting.send(
                    ApiKeys.FETCH,
                    11,
                    Requests.fetch(11, topic, Requests.wanted(0, 0)).setMaxWaitMs(800));
            assertThat(idle.isClosedByPeer()).isTrue();
            assertThat(half.isClosedByPeer()).isTrue();
            assertThat(waiting.receive(ApiKeys.FETCH, 11, fetch, FetchResponseData.class)
                            .errorCode())
                    .isZero();
        }
    }

    @Test
    void connectionsAboveTheLimitAreClosed() throws IOException {
        FakeBroker small = new FakeBroker(otherDirectory);
        try (ServedBroker crowded = new ServedBroker(small, 2, Duration.ofMinutes(1));
                KafkaSocket first = crowded.connect();
                KafkaSocket second = crowded.connect()) {
            assertServed(first, 1);
            assertServed(second, 1);
            try (KafkaSocket third = crowded.connect()) {
                assertThat(third.isClosedByPeer()).isTrue();
            }
            assertServed(first, 2);
        }
    }

    @Test
    void aClientThatGoesAwayLeavesNothingBehind() throws IOException {
        TopicInfo topic = broker.createTopic("left", 1);
        broker.fake("left", 0).hold();
        try (KafkaSocket leaver = served.connect()) {
            leaver.send(ApiKeys.PRODUCE, 9, Requests.produce(9, topic, 0, (short) -1, Requests.batch(1)));
            leaver.send(
                    ApiKeys.FETCH,
                    11,
                    Requests.fetch(11, topic, Requests.wanted(0, 0)).setMaxWaitMs(Integer.MAX_VALUE));
            await().until(() -> broker.fake("left", 0).waiting() == 1);
        }
        await().untilAsserted(() -> {
            assertThat(broker.fake("left", 0).waiting()).isZero();
            assertThat(served.connections()).isEqualTo(1);
        });
        broker.fake("left", 0).commit();
        assertThat(broker.fake("left", 0).openSlices()).isZero();
        assertServed(client, 1);
    }

    @Test
    void aFetchedAnswerBehindASlowOneIsGivenBackWhenTheClientLeaves() throws IOException {
        TopicInfo slow = broker.createTopic("hanging", 1);
        TopicInfo full = broker.createTopic("full", 1);
        client.call(
                ApiKeys.PRODUCE,
                9,
                Requests.produce(9, full, 0, (short) 1, Requests.batch(5)),
                ProduceResponseData.class);
        broker.fake("hanging", 0).hold();
        try (KafkaSocket leaver = served.connect()) {
            leaver.send(ApiKeys.PRODUCE, 9, Requests.produce(9, slow, 0, (short) -1, Requests.batch(1)));
            leaver.send(ApiKeys.FETCH, 11, Requests.fetch(11, full, Requests.wanted(0, 0)));
            await().until(() -> broker.fake("full", 0).openSlices() == 1);
        }
        await().until(() -> broker.fake("full", 0).openSlices() == 0);
    }
}
