package io.barnabas.log;

import io.barnabas.log.rules.rest.RestRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Puts requests to other nodes, those that gather together in one message. Wishes to wake go beside the others, which
 * are answered when divisions are closed and so take their time.
 */
final class RestCalls {

    private static final int WAKES_IN_MESSAGE = 16;
    private static final int WAKE_MESSAGES_AT_ONCE = 8;
    private static final int RESTS_IN_MESSAGE = 64;
    private static final int REST_MESSAGES_AT_ONCE = 2;

    private final QuiesceConfig.Peers peers;
    private final Map<Integer, Lane> wakes = new ConcurrentHashMap<>();
    private final Map<Integer, Lane> rests = new ConcurrentHashMap<>();

    RestCalls(QuiesceConfig.Peers peers) {
        this.peers = peers;
    }

    /** Completes with the answer; with no when none comes. */
    CompletableFuture<Boolean> put(int node, RestRequest request) {
        Lane lane = request.kind() == RestRequest.Kind.WAKE
                ? wakes.computeIfAbsent(node, id -> new Lane(id, WAKES_IN_MESSAGE, WAKE_MESSAGES_AT_ONCE))
                : rests.computeIfAbsent(node, id -> new Lane(id, RESTS_IN_MESSAGE, REST_MESSAGES_AT_ONCE));
        return lane.put(request);
    }

    private record Waiting(RestRequest request, CompletableFuture<Boolean> answer) {}

    /** What goes to one node. */
    private final class Lane {

        private final int node;
        private final int inMessage;
        private final int atOnce;
        private final Deque<Waiting> waiting = new ArrayDeque<>();
        private int underWay;

        Lane(int node, int inMessage, int atOnce) {
            this.node = node;
            this.inMessage = inMessage;
            this.atOnce = atOnce;
        }

        CompletableFuture<Boolean> put(RestRequest request) {
            CompletableFuture<Boolean> answer = new CompletableFuture<>();
            synchronized (waiting) {
                waiting.add(new Waiting(request, answer));
            }
            send();
            return answer;
        }

        private void send() {
            List<Waiting> batch = new ArrayList<>();
            synchronized (waiting) {
                if (underWay == atOnce || waiting.isEmpty()) {
                    return;
                }
                underWay++;
                while (!waiting.isEmpty() && batch.size() < inMessage) {
                    batch.add(waiting.poll());
                }
            }
            call(batch).whenComplete((answers, error) -> {
                synchronized (waiting) {
                    underWay--;
                }
                send();
                for (int i = 0; i < batch.size(); i++) {
                    boolean yes = error == null && answers.size() == batch.size() && answers.get(i);
                    batch.get(i).answer().complete(yes);
                }
            });
        }

        private CompletableFuture<List<Boolean>> call(List<Waiting> batch) {
            try {
                return peers.call(
                                node,
                                RestRequest.encode(
                                        batch.stream().map(Waiting::request).toList()))
                        .thenApply(RestRequest::decodeAnswers);
            } catch (RuntimeException e) {
                return CompletableFuture.failedFuture(e);
            }
        }
    }
}
