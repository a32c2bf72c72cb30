package io.barnabas.net.kafka.handler;

import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.NodeInfo;
import io.barnabas.metadata.rules.NodeOverrides;
import io.barnabas.metadata.rules.TopicInfo;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.TopicConfigs;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.protocol.Errors;

/** Changes the overrides of topics and nodes; both APIs that do so share the checks. */
final class ConfigChanges {

    private final Broker broker;
    private final Proposals proposals;

    ConfigChanges(Broker broker) {
        this.broker = broker;
        this.proposals = new Proposals(broker);
    }

    /** What a request makes of a topic's overrides. */
    sealed interface Change {
        /** Keys to set, and keys whose override goes away. */
        record Alter(Map<String, String> set, List<String> unset) implements Change {}

        /** The request makes no sense. */
        record Flawed(Errors error, String message) implements Change {}
    }

    /**
     * What became of the change of one resource.
     *
     * @param message null when all is well
     */
    record Result(Errors error, String message) {
        static final Result DONE = new Result(Errors.NONE, null);
    }

    /**
     * Changes one resource.
     *
     * @param mentions how many times the request names the resource
     * @param change made of the topic's overrides
     */
    CompletableFuture<Result> apply(
            byte type, String name, int mentions, boolean validateOnly, Function<Map<String, String>, Change> change) {
        if (mentions > 1) {
            return done(Errors.INVALID_REQUEST, "resource '" + name + "' stands twice in the request");
        }
        return switch (ConfigResource.Type.forId(type)) {
            case TOPIC -> applyToTopic(name, validateOnly, change);
            case BROKER -> applyToNode(name, validateOnly, change);
            default -> done(Errors.INVALID_REQUEST, "only configs of topics can be altered here");
        };
    }

    private CompletableFuture<Result> applyToTopic(
            String name, boolean validateOnly, Function<Map<String, String>, Change> change) {
        Optional<TopicInfo> known = broker.quorum().image().topic(name);
        if (known.isPresent()) {
            return applyToTopic(known.get(), validateOnly, change);
        }
        return proposals.catchUp().thenCompose(answer -> switch (answer) {
            case Proposals.Answer.Failed failed -> done(failed.error(), failed.message());
            case Proposals.Answer.Done done ->
                broker.quorum()
                        .image()
                        .topic(name)
                        .map(topic -> applyToTopic(topic, validateOnly, change))
                        .orElseGet(
                                () -> done(Errors.UNKNOWN_TOPIC_OR_PARTITION, "topic '" + name + "' does not exist"));
        });
    }

    private CompletableFuture<Result> applyToTopic(
            TopicInfo topic, boolean validateOnly, Function<Map<String, String>, Change> change) {
        return switch (change.apply(topic.configs())) {
            case Change.Flawed flawed -> done(flawed.error(), flawed.message());
            case Change.Alter alter -> applyToTopic(topic, validateOnly, alter);
        };
    }

    private CompletableFuture<Result> applyToTopic(TopicInfo topic, boolean validateOnly, Change.Alter alter) {
        Optional<String> empty = alter.set().entrySet().stream()
                .filter(config -> config.getValue() == null)
                .map(Map.Entry::getKey)
                .findFirst();
        if (empty.isPresent()) {
            return done(
                    Errors.INVALID_REQUEST, "config '" + empty.get() + "' needs a value; delete it to get the default");
        }
        Map<String, String> kept = new HashMap<>(topic.configs());
        alter.unset().forEach(kept::remove);
        Optional<String> flaw = alter.unset().stream()
                .filter(key -> !TopicConfigs.isKnown(key))
                .findFirst()
                .map(TopicConfigs::unknown)
                .or(() -> TopicConfigs.flaw(alter.set(), kept, broker.settings().effective()));
        if (flaw.isPresent()) {
            return done(Errors.INVALID_CONFIG, flaw.get());
        }
        return propose(
                new MetadataCommand.AlterConfigs(
                        new io.barnabas.metadata.rules.ConfigResource.Topic(topic.name()), alter.set(), alter.unset()),
                validateOnly);
    }

    private CompletableFuture<Result> applyToNode(
            String name, boolean validateOnly, Function<Map<String, String>, Change> change) {
        Optional<NodeInfo> node = broker.quorum().image().nodes().values().stream()
                .filter(known -> Integer.toString(known.id()).equals(name))
                .findFirst();
        if (node.isEmpty()) {
            return done(
                    Errors.INVALID_REQUEST,
                    name.isEmpty() ? "every setting is a node's own" : "node " + name + " is not registered");
        }
        Change made = change.apply(
                NodeOverrides.of(broker.quorum().image(), node.get().id()));
        if (made instanceof Change.Flawed flawed) {
            return done(flawed.error(), flawed.message());
        }
        Change.Alter alter = (Change.Alter) made;
        Optional<String> flaw = alter.set().entrySet().stream()
                .flatMap(config -> NodeOverrides.flaw(config.getKey(), String.valueOf(config.getValue())).stream())
                .findFirst();
        if (flaw.isPresent()) {
            return done(Errors.INVALID_REQUEST, flaw.get());
        }
        return propose(
                new MetadataCommand.AlterConfigs(
                        new io.barnabas.metadata.rules.ConfigResource.Node(
                                node.get().id()),
                        alter.set(),
                        alter.unset()),
                validateOnly);
    }

    private CompletableFuture<Result> propose(MetadataCommand command, boolean validateOnly) {
        CompletableFuture<Proposals.Answer> answer = validateOnly
                ? CompletableFuture.completedFuture(proposals.rehearse(command))
                : proposals.propose(command);
        return answer.thenApply(told -> switch (told) {
            case Proposals.Answer.Done done -> Result.DONE;
            case Proposals.Answer.Failed failed -> new Result(failed.error(), failed.message());
        });
    }

    private static CompletableFuture<Result> done(Errors error, String message) {
        return CompletableFuture.completedFuture(new Result(error, message));
    }
}
