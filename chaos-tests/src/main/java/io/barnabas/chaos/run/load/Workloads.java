package io.barnabas.chaos.run.load;

import io.barnabas.chaos.rules.history.Call;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.common.config.TopicConfig;

/** The one list of workloads. */
public final class Workloads {

    /** Segments that are soon closed, and cleaned as soon as anything can be gained. */
    static final Map<String, String> COMPACTED = Map.of(
            TopicConfig.CLEANUP_POLICY_CONFIG,
            TopicConfig.CLEANUP_POLICY_COMPACT,
            TopicConfig.SEGMENT_MS_CONFIG,
            "2000",
            TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG,
            "0.01");

    /** What nodes have to be told so that compaction and retention work within minutes. */
    public static final Map<String, String> NODE_SETTINGS =
            Map.of("log.cleaner.backoff.ms", "1000", "log.retention.check.interval.ms", "1000");

    private static final Map<String, Function<LoadContext, Workload>> BY_NAME = new LinkedHashMap<>();

    static {
        add(RecordLoad.Shape.plain("produce", 8, 3, Duration.ofMillis(40)));
        add(new RecordLoad.Shape("leader-acks", 4, Map.of(), 2, Call.Acks.LEADER, false, 0, Duration.ofMillis(50)));
        add(new RecordLoad.Shape("compacted", 2, COMPACTED, 1, Call.Acks.ALL, true, 200, Duration.ofMillis(25)));
        BY_NAME.put("trimmed", TrimmedLoad::new);
        BY_NAME.put("registers", RegisterLoad::new);
        BY_NAME.put("groups", GroupLoad::new);
        BY_NAME.put("topics", ChurnLoad::new);
    }

    private Workloads() {}

    private static void add(RecordLoad.Shape shape) {
        BY_NAME.put(shape.name(), context -> new RecordLoad(context, shape));
    }

    /** All names, in the order of {@link #all}. */
    public static List<String> names() {
        return List.copyOf(BY_NAME.keySet());
    }

    /**
     * A new workload of this name.
     *
     * @throws IllegalArgumentException when there is none; says which there are
     */
    public static Workload named(String name, LoadContext context) {
        Function<LoadContext, Workload> maker = BY_NAME.get(name);
        if (maker == null) {
            throw new IllegalArgumentException(
                    "there is no workload \"" + name + "\"; there are " + String.join(", ", names()));
        }
        return maker.apply(context);
    }

    /** One of each. */
    public static List<Workload> all(LoadContext context) {
        return BY_NAME.values().stream().map(maker -> maker.apply(context)).toList();
    }
}
