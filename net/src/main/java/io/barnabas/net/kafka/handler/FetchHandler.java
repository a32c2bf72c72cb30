package io.barnabas.net.kafka.handler;

import io.barnabas.net.kafka.ApiHandler;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.RequestContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * Fetch: settles which partitions are wanted, from the request and the client's session, and leaves the reading and
 * waiting to a {@link PendingFetch}.
 */
public final class FetchHandler implements ApiHandler<FetchRequestData, FetchResponseData> {

    /** From this version on a request may have a session. */
    private static final int FIRST_VERSION_WITH_SESSIONS = 7;

    private static final int FIRST_VERSION_WITH_TOPIC_IDS = 13;
    /** The session epoch of a request that wants a full fetch and, with session id 0, a new session. */
    private static final int INITIAL_EPOCH = 0;
    /** The session epoch of a request that wants no session, or to end the one it names. */
    private static final int FINAL_EPOCH = -1;

    private final Broker broker;
    private final FetchSessions sessions;

    public FetchHandler(Broker broker) {
        this.broker = broker;
        this.sessions = new FetchSessions(broker.settings().fetchSessionSlots());
    }

    @Override
    public CompletionStage<FetchResponseData> handle(RequestContext context, FetchRequestData request) {
        Map<FetchSession.Key, FetchSession.Wanted> wanted = wanted(request);
        boolean sessionless =
                context.apiVersion() < FIRST_VERSION_WITH_SESSIONS || request.sessionEpoch() == FINAL_EPOCH;
        boolean topicIds = context.apiVersion() >= FIRST_VERSION_WITH_TOPIC_IDS;
        if (sessionless || request.sessionEpoch() == INITIAL_EPOCH) {
            if (request.sessionId() != 0) {
                sessions.remove(request.sessionId());
            }
            Supplier<Optional<FetchSession>> session = sessionless ? Optional::empty : () -> open(topicIds, wanted);
            return new PendingFetch(broker, context, request, wanted, session, false).start();
        }
        Optional<FetchSession> found = sessions.find(request.sessionId(), nowMs());
        if (found.isEmpty()) {
            return failed(Errors.FETCH_SESSION_ID_NOT_FOUND);
        }
        FetchSession session = found.get();
        synchronized (session) {
            if (session.usesTopicIds() != topicIds) {
                return failed(Errors.FETCH_SESSION_TOPIC_ID_ERROR);
            }
            if (!session.advance(request.sessionEpoch())) {
                return failed(Errors.INVALID_FETCH_SESSION_EPOCH);
            }
            session.update(wanted, forgotten(request));
            Map<FetchSession.Key, FetchSession.Wanted> all = session.wanted();
            if (all.isEmpty()) {
                sessions.remove(session.id());
                return CompletableFuture.completedFuture(new FetchResponseData());
            }
            return new PendingFetch(broker, context, request, all, () -> found, true).start();
        }
    }

    /** A session is opened when its first response leaves, so that a client that goes away before leaves none behind. */
    private Optional<FetchSession> open(boolean topicIds, Map<FetchSession.Key, FetchSession.Wanted> wanted) {
        Optional<FetchSession> opened = sessions.create(topicIds, nowMs());
        opened.ifPresent(session -> {
            synchronized (session) {
                session.update(wanted, List.of());
            }
        });
        return opened;
    }

    private static long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    private static CompletionStage<FetchResponseData> failed(Errors error) {
        return CompletableFuture.completedFuture(new FetchResponseData().setErrorCode(error.code()));
    }

    private static Map<FetchSession.Key, FetchSession.Wanted> wanted(FetchRequestData request) {
        Map<FetchSession.Key, FetchSession.Wanted> wanted = new LinkedHashMap<>();
        for (FetchTopic topic : request.topics()) {
            for (FetchPartition partition : topic.partitions()) {
                wanted.put(
                        key(topic.topicId(), topic.topic(), partition.partition()),
                        new FetchSession.Wanted(
                                partition.fetchOffset(),
                                partition.partitionMaxBytes(),
                                partition.currentLeaderEpoch(),
                                partition.lastFetchedEpoch()));
            }
        }
        return wanted;
    }

    private static List<FetchSession.Key> forgotten(FetchRequestData request) {
        List<FetchSession.Key> forgotten = new ArrayList<>();
        for (ForgottenTopic topic : request.forgottenTopicsData()) {
            for (int partition : topic.partitions()) {
                forgotten.add(key(topic.topicId(), topic.topic(), partition));
            }
        }
        return forgotten;
    }

    private static FetchSession.Key key(Uuid topicId, String topic, int partition) {
        return new FetchSession.Key(topicId, topic, partition);
    }
}
