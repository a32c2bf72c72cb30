package io.barnabas.chaos.rules.linear;

import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Operation;
import io.barnabas.chaos.rules.history.Result;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Topics are made, deleted, configured and described as if nothing overlapped. See {@link LinearObjects} for time and
 * memory. Of changes of unknown result, those of configs that nobody saw are left out. A client that reads from a node
 * which may be behind has to say so by not recording the read.
 */
public final class LinearTopics extends LinearObjects<TopicState> {

    /**
     * Watches all topics that are made in the run.
     *
     * @param maxSteps for one topic, after which the verdict is open; a million takes about a second
     */
    public LinearTopics(long maxSteps) {
        super(new TopicModel(), maxSteps);
    }

    @Override
    public String promise() {
        return "metadata is as it was last changed";
    }

    @Override
    Optional<String> object(Call call) {
        return switch (call) {
            case Call.CreateTopic create -> Optional.of("topic " + create.topic());
            case Call.DeleteTopic delete -> Optional.of("topic " + delete.topic());
            case Call.SetConfig set -> Optional.of("topic " + set.topic());
            case Call.Describe describe -> Optional.of("topic " + describe.topic());
            default -> Optional.empty();
        };
    }

    @Override
    List<Operation> relevant(List<Operation> history) {
        Set<Map.Entry<String, String>> seen = new HashSet<>();
        for (Operation operation : history) {
            if (operation.result() instanceof Result.Ok(Answer.TopicDescription description)) {
                seen.addAll(description.configs().entrySet());
            }
        }
        return history.stream()
                .filter(operation -> switch (operation.result()) {
                    case Result.Ok ok -> true;
                    case Result.Failed(String error) -> TopicModel.tells(error);
                    case Result.Unknown unknown -> mayMatter(operation.call(), seen);
                })
                .toList();
    }

    private static boolean mayMatter(Call call, Set<Map.Entry<String, String>> seen) {
        return switch (call) {
            case Call.Describe describe -> false;
            case Call.SetConfig set -> set.value() == null || seen.contains(Map.entry(set.name(), set.value()));
            default -> true;
        };
    }
}
