package io.barnabas.net.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.barnabas.metadata.QuorumStatus;
import io.barnabas.metadata.rules.Endpoint;
import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.net.kafka.testing.FakeQuorum;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MembershipTest {

    private static final String CLUSTER = "cluster";
    private static final Duration SESSION = Duration.ofMillis(300);
    private static final Duration HEARTBEAT = Duration.ofMillis(20);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final FakeQuorum quorum = new FakeQuorum();
    private final ScheduledExecutorService control = Executors.newSingleThreadScheduledExecutor();
    private final Membership membership = new Membership(
            quorum,
            control,
            true,
            SESSION,
            new MetadataCommand.RegisterNode(
                    CLUSTER,
                    1,
                    new UUID(1, 1),
                    List.of(new Endpoint("PLAINTEXT", "127.0.0.1", 9092)),
                    "127.0.0.1:9093",
                    "127.0.0.1:9094",
                    Optional.empty()));

    @BeforeEach
    void join() throws Exception {
        membership.join(HEARTBEAT).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() {
        control.shutdownNow();
    }

    @Test
    void aMemberIsHeardWhileItsHeartbeatsAreAnswered() {
        await().during(SESSION.multipliedBy(2)).atMost(PATIENCE).until(membership::isHeard);
        assertThat(membership.isCutOff()).isFalse();
    }

    /** As after a freeze: others may have been given what was this node's, and it must not act on what it knew. */
    @Test
    void oneThatWasNotHeardForLongLearnsWhatChangedBeforeItCountsAsHeard() {
        quorum.available(false);
        await().atMost(PATIENCE).until(() -> !membership.isHeard());
        quorum.applyElsewhere(
                new MetadataCommand.CreateTopic(new UUID(2, 2), "meanwhile", 1, 1, List.of(List.of(1)), Map.of()));
        assertThat(quorum.image().topic("meanwhile")).isEmpty();

        quorum.available(true);
        await().atMost(PATIENCE).until(membership::isHeard);
        assertThat(quorum.image().topic("meanwhile")).isPresent();
    }

    @Test
    void oneThatKnowsNoLeaderForASecondIsCutOffUntilItKnowsOne() {
        quorum.status(ledBy(-1));
        long begunNs = System.nanoTime();
        await().atMost(PATIENCE).until(membership::isCutOff);
        assertThat(Duration.ofNanos(System.nanoTime() - begunNs)).isGreaterThan(Duration.ofMillis(900));
        quorum.status(ledBy(2));
        assertThat(membership.isCutOff()).isFalse();
    }

    private static QuorumStatus ledBy(int leader) {
        return new QuorumStatus(leader, 1, 0, List.of(), List.of());
    }
}
