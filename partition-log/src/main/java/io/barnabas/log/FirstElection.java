package io.barnabas.log;

import io.barnabas.log.rules.rest.RestRequest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.ratis.server.RaftServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first election of a new group: its preferred replica stands as soon as a majority of the members is open. So no
 * partition waits for an election timeout, votes are not split, and no lead has to be handed over afterwards, which
 * counts when a node makes hundreds of replicas at once. When it comes to nothing, Ratis elects in its own time.
 */
final class FirstElection {

    private static final Logger LOG = LoggerFactory.getLogger(FirstElection.class);
    private static final long LOOK_AGAIN_MS = 50;
    private static final int LOOKS = 100;
    private static final long LED_POLL_MS = 20;
    private static final int LED_POLLS = 150;

    private final int nodeId;
    private final Quiescing others;
    private final Executor blocking;

    /** @param others are asked whether their replicas are open */
    FirstElection(int nodeId, Quiescing others, Executor blocking) {
        this.nodeId = nodeId;
        this.others = others;
        this.blocking = blocking;
    }

    /**
     * Stands for election when it is this replica's turn.
     *
     * @return completes when the group has a leader, or does not get one soon
     */
    CompletableFuture<Void> opened(RatisPartitionReplica replica, PartitionSpec spec) {
        if (!spec.joining() && spec.peers().getFirst().nodeId() == nodeId) {
            List<Integer> members = spec.peers().stream()
                    .map(PartitionSpec.Peer::nodeId)
                    .filter(id -> id != nodeId)
                    .toList();
            look(replica, members, LOOKS);
        }
        CompletableFuture<Void> led = new CompletableFuture<>();
        awaitLed(replica, led, LED_POLLS);
        return led;
    }

    private void awaitLed(RatisPartitionReplica replica, CompletableFuture<Void> led, int pollsLeft) {
        if (pollsLeft == 0 || others.isClosed() || replica.leadership().leader() >= 0) {
            led.complete(null);
            return;
        }
        CompletableFuture.delayedExecutor(LED_POLL_MS, TimeUnit.MILLISECONDS, blocking)
                .execute(() -> awaitLed(replica, led, pollsLeft - 1));
    }

    private void look(RatisPartitionReplica replica, List<Integer> members, int looksLeft) {
        if (looksLeft == 0 || others.isClosed() || !isNew(replica.division())) {
            return;
        }
        AtomicInteger missing = new AtomicInteger((members.size() + 1) / 2);
        if (missing.get() == 0) {
            stand(replica);
            return;
        }
        CompletableFuture<?>[] answers = members.stream()
                .map(member -> others.put(member, RestRequest.wake(replica.groupId()))
                        .thenAccept(open -> {
                            if (open && missing.decrementAndGet() == 0) {
                                stand(replica);
                            }
                        }))
                .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(answers)
                .thenRunAsync(
                        () -> {
                            if (missing.get() > 0) {
                                look(replica, members, looksLeft - 1);
                            }
                        },
                        CompletableFuture.delayedExecutor(LOOK_AGAIN_MS, TimeUnit.MILLISECONDS, blocking));
    }

    private static boolean isNew(Optional<RaftServer.Division> running) {
        return running.filter(division -> division.getInfo().getCurrentTerm() == 0
                        && division.getRaftLog().getLastEntryTermIndex() == null)
                .isPresent();
    }

    private static void stand(RatisPartitionReplica replica) {
        replica.division().filter(division -> isNew(Optional.of(division))).ifPresent(division -> {
            try {
                RaisedElection.start(division);
            } catch (IOException | RuntimeException e) {
                LOG.debug("{}: does not stand for election at once", replica, e);
            }
        });
    }
}
