package io.barnabas.net.kafka.handler;

import io.barnabas.metadata.MetadataUnavailableException;
import io.barnabas.metadata.rules.CommandReply;
import io.barnabas.metadata.rules.CommandResult;
import io.barnabas.metadata.rules.MetadataCommand;
import io.barnabas.metadata.rules.MetadataImage;
import io.barnabas.metadata.rules.MetadataRules;
import io.barnabas.metadata.rules.Outcome;
import io.barnabas.net.kafka.Broker;
import io.barnabas.net.kafka.KafkaErrors;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts commands to the metadata quorum and says in Kafka's terms what became of them. */
final class Proposals {

    private static final Logger LOG = LoggerFactory.getLogger(Proposals.class);

    private final Broker broker;

    Proposals(Broker broker) {
        this.broker = broker;
    }

    /** What became of a command. */
    sealed interface Answer {
        /** It holds, and this node's image shows it. */
        record Done(CommandReply reply) implements Answer {}

        /** It changed nothing, or nobody knows yet whether it will (REQUEST_TIMED_OUT). */
        record Failed(Errors error, String message) implements Answer {}
    }

    /** Proposes a command; never completes exceptionally. */
    CompletableFuture<Answer> propose(MetadataCommand command) {
        return answer(command, broker.quorum().propose(command));
    }

    /**
     * Lets this node learn of every change that was acknowledged before, by whichever node: its image may be behind, and
     * a topic that it does not know may be there. Never completes exceptionally.
     */
    CompletableFuture<Answer> catchUp() {
        // A report of no leaders changes nothing; as any command, it is answered when this node has applied it.
        return propose(new MetadataCommand.LeadersElected(List.of()));
    }

    /** What became of {@code change}, which may fail; {@code what} it was is for the log. */
    CompletableFuture<Answer> answer(Object what, CompletableFuture<CommandResult> change) {
        return change.handle((result, error) -> error != null ? failed(what, error) : answer(result));
    }

    /** Why a request meant for the cluster of that id, or null for any, does not belong here. */
    static Optional<Answer.Failed> otherCluster(Broker broker, String clusterId) {
        String own = broker.quorum().image().clusterId();
        return clusterId == null || clusterId.equals(own)
                ? Optional.empty()
                : Optional.of(new Answer.Failed(
                        Errors.INCONSISTENT_CLUSTER_ID, "this is cluster " + own + ", not " + clusterId));
    }

    /** What the command would do to this node's image, without doing it. */
    Answer rehearse(MetadataCommand command) {
        MetadataImage image = broker.quorum().image();
        return switch (MetadataRules.apply(image, command, image.index() + 1)) {
            case Outcome.Changed changed -> new Answer.Done(changed.reply());
            case Outcome.Refused refused -> new Answer.Failed(KafkaErrors.of(refused.reason()), refused.message());
        };
    }

    private static Answer answer(CommandResult result) {
        return switch (result) {
            case CommandResult.Accepted accepted -> new Answer.Done(accepted.reply());
            case CommandResult.Refused refused ->
                new Answer.Failed(KafkaErrors.of(refused.reason()), refused.message());
        };
    }

    private static Answer failed(Object what, Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof MetadataUnavailableException) {
            return new Answer.Failed(
                    Errors.REQUEST_TIMED_OUT, cause.getMessage() + "; the change may or may not take effect");
        }
        LOG.error("proposing {} failed", what, cause);
        return new Answer.Failed(Errors.UNKNOWN_SERVER_ERROR, "the change failed; the node's log says why");
    }
}
