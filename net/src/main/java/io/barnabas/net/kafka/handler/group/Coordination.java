package io.barnabas.net.kafka.handler.group;

import io.barnabas.metadata.rules.group.GroupRequest;
import io.barnabas.metadata.rules.group.GroupResponse;
import io.barnabas.net.kafka.Broker;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Asks this node's group coordinator, and lets it know when the client that asked is gone. */
final class Coordination {

    private final Broker broker;

    Coordination(Broker broker) {
        this.broker = broker;
    }

    /** Asks, and makes the answer of the one response that the request has, or of the refusal. */
    <R extends GroupResponse, A> CompletableFuture<A> ask(
            GroupRequest request, Class<R> expected, Function<R, A> done, Function<GroupResponse.Failed, A> refused) {
        return ask(
                request,
                response -> response instanceof GroupResponse.Failed failed
                        ? refused.apply(failed)
                        : done.apply(expected.cast(response)));
    }

    /** Asks, and makes the answer of whatever comes. */
    <A> CompletableFuture<A> ask(GroupRequest request, Function<GroupResponse, A> answer) {
        CompletableFuture<GroupResponse> asked = broker.groups().submit(request);
        CompletableFuture<A> answered = asked.thenApply(answer);
        answered.whenComplete((done, error) -> {
            if (answered.isCancelled()) {
                asked.cancel(false);
            }
        });
        return answered;
    }

    /** One answer for many groups, once all are there, in the order asked. */
    static <A> CompletableFuture<List<A>> all(List<CompletableFuture<A>> answers) {
        CompletableFuture<List<A>> all = CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(done -> answers.stream().map(CompletableFuture::join).toList());
        all.whenComplete((done, error) -> {
            if (all.isCancelled()) {
                answers.forEach(answer -> answer.cancel(false));
            }
        });
        return all;
    }

    /** Kafka's absent string. */
    static Optional<String> present(String value) {
        return Optional.ofNullable(value);
    }
}
