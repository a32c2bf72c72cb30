package io.barnabas.net.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.net.kafka.testing.FakeReplica;
import io.barnabas.net.kafka.testing.KafkaSocket;
import io.barnabas.net.kafka.testing.Requests;
import io.barnabas.net.kafka.testing.ServedBrokerTest;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever comes in at the socket, another client goes on producing and reading, and nothing stays behind. */
class GarbageFuzzTest extends ServedBrokerTest {

    /** A flipped bit would make these ask, legally, for a hundred thousand partitions: a fake has a file for each. */
    private static final Set<ApiKeys> COSTLY = EnumSet.of(ApiKeys.CREATE_TOPICS, ApiKeys.CREATE_PARTITIONS);

    private static final int PRODUCE = 9;
    private static final int FETCH = 12;

    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicLong rounds = new AtomicLong();
    private final AtomicReference<Throwable> disturbance = new AtomicReference<>();
    private Thread steady;
    private SplittableRandom random;
    private long seed;
    private TopicInfo target;

    @BeforeEach
    void startSteadyClient() throws IOException {
        seed = Seeds.draw();
        random = new SplittableRandom(seed);
        target = broker.createTopic("target", 1);
        TopicInfo topic = broker.createTopic("steady", 1);
        KafkaSocket socket = served.connect();
        steady = Thread.ofPlatform().start(() -> {
            try (socket) {
                while (!stop.get()) {
                    produceAndRead(socket, topic);
                    rounds.incrementAndGet();
                }
            } catch (IOException | RuntimeException | AssertionError e) {
                disturbance.set(e);
            }
        });
    }

    private static void produceAndRead(KafkaSocket socket, TopicInfo topic) throws IOException {
        ProduceResponseData produced = socket.call(
                ApiKeys.PRODUCE,
                PRODUCE,
                Requests.produce(PRODUCE, topic, 0, (short) -1, Requests.batch(1)),
                ProduceResponseData.class);
        var answer = produced.responses().iterator().next().partitionResponses().getFirst();
        assertThat(answer.errorCode()).isZero();
        FetchResponseData fetched = socket.call(
                ApiKeys.FETCH,
                FETCH,
                Requests.fetch(FETCH, topic, Requests.wanted(0, answer.baseOffset())),
                FetchResponseData.class);
        assertThat(fetched.responses()
                        .getFirst()
                        .partitions()
                        .getFirst()
                        .records()
                        .sizeInBytes())
                .isPositive();
    }

    @AfterEach
    void nothingWasDisturbed() throws InterruptedException {
        long before = rounds.get();
        await().until(() -> rounds.get() > before + 2 || disturbance.get() != null);
        stop.set(true);
        assertThat(steady.join(Duration.ofSeconds(10))).isTrue();
        assertThat(disturbance.get())
                .as("what the steady client saw, seed %d", seed)
                .isNull();
        await().untilAsserted(() -> {
            assertThat(served.connections())
                    .as("connections left, seed %d", seed)
                    .isEqualTo(1);
            for (FakeReplica replica : broker.partitions().fakes()) {
                assertThat(replica.openSlices())
                        .as("open slices, seed %d", seed)
                        .isZero();
                assertThat(replica.waiting())
                        .as("waiting fetches, seed %d", seed)
                        .isZero();
            }
        });
    }

    private void throwIn(byte[] garbage) throws IOException {
        try (KafkaSocket socket = served.connect()) {
            socket.sendRaw(garbage);
        } catch (SocketException e) {
            // The broker closed the connection before it had read all: just what it should do.
            assertThat(e).isNotNull();
        }
    }

    private void expectClosed(byte[] frame, String what) throws IOException {
        try (KafkaSocket socket = served.connect()) {
            socket.sendRaw(frame);
            assertThat(socket.isClosedByPeer()).as("%s, seed %d", what, seed).isTrue();
        }
    }

    private static byte[] reframe(byte[] bytes, int length) {
        byte[] cut = Arrays.copyOf(bytes, length);
        ByteBuffer.wrap(cut).putInt(0, length - Integer.BYTES);
        return cut;
    }

    private byte[] frame(ApiKeys key, int version) {
        return KafkaSocket.frame(key, version, 1, "fuzz", Requests.typical(key, version, target));
    }

    @Test
    void randomBytes() throws IOException {
        for (int round = 0; round < 300; round++) {
            byte[] garbage = new byte[random.nextInt(1, 2_000)];
            random.nextBytes(garbage);
            throwIn(garbage);
        }
    }

    @Test
    void randomBytesInFrames() throws IOException {
        for (int round = 0; round < 500; round++) {
            byte[] garbage = new byte[random.nextInt(Integer.BYTES, 500)];
            random.nextBytes(garbage);
            byte[] frame = reframe(garbage, garbage.length);
            if (frame.length >= 8) {
                // Half of them name an API and a version that exist.
                Api<?, ?> api = anyApi();
                if (random.nextBoolean() && !COSTLY.contains(api.key())) {
                    int version = random.nextInt(api.minVersion(), api.maxVersion() + 1);
                    ByteBuffer.wrap(frame).putShort(4, api.key().id).putShort(6, (short) version);
                }
            }
            throwIn(frame);
        }
    }

    private Api<?, ?> anyApi() {
        var served = ApiTable.of(broker).served();
        return served.stream().skip(random.nextInt(served.size())).findFirst().orElseThrow();
    }

    @Test
    void bodiesCutShort() throws IOException {
        for (Api<?, ?> api : ApiTable.of(broker).served()) {
            for (int version = api.minVersion(); version <= api.maxVersion(); version++) {
                byte[] whole = frame(api.key(), version);
                for (int round = 0; round < 3; round++) {
                    int length = random.nextInt(Integer.BYTES, whole.length);
                    expectClosed(reframe(whole, length), api.key() + " v" + version + " cut to " + length);
                }
            }
        }
    }

    @Test
    void halfFramesThatAreLeftHanging() throws IOException {
        for (Api<?, ?> api : ApiTable.of(broker).served()) {
            byte[] whole = frame(api.key(), api.maxVersion());
            throwIn(Arrays.copyOf(whole, random.nextInt(1, whole.length)));
        }
    }

    @Test
    void bytesTurnedOver() throws IOException {
        for (Api<?, ?> api : ApiTable.of(broker).served()) {
            if (COSTLY.contains(api.key())) {
                continue;
            }
            for (int version = api.minVersion(); version <= api.maxVersion(); version++) {
                for (int round = 0; round < 8; round++) {
                    byte[] frame = frame(api.key(), version);
                    // Key and version stay, so that the body is what is wrong.
                    int at = random.nextInt(8, frame.length);
                    frame[at] = (byte) random.nextInt(256);
                    throwIn(frame);
                }
            }
        }
    }

    @Test
    void lengthsAndProtocolsOfOthers() throws IOException {
        for (int length : new int[] {Integer.MAX_VALUE, 2_000_000_000, -1, Integer.MIN_VALUE, 0, 1}) {
            byte[] frame = ByteBuffer.allocate(9).putInt(length).array();
            expectClosed(frame, "length " + length);
        }
        expectClosed("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII), "HTTP");
        expectClosed(new byte[] {0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01}, "a TLS hello");
        for (int round = 0; round < 200; round++) {
            ByteBuffer frame = ByteBuffer.wrap(frame(ApiKeys.METADATA, 9));
            short key = (short) random.nextInt(93, Short.MAX_VALUE);
            expectClosed(frame.putShort(4, key).array(), "API key " + key);
        }
    }
}
