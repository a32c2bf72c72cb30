package io.barnabas.chaos.run.load;

import io.barnabas.chaos.rules.history.Call;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The one list of workloads. */
public final class Workloads {

    private static final Map<String, Function<LoadContext, Workload>> BY_NAME = new LinkedHashMap<>();

    static {
        add(new RecordLoad.Shape("produce", 8, 3, Call.Acks.ALL, true, Duration.ofMillis(30)));
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
