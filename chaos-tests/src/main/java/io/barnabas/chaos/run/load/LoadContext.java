package io.barnabas.chaos.run.load;

import io.barnabas.chaos.run.Recorder;
import java.util.List;
import java.util.function.Supplier;

/**
 * What a workload needs of its run.
 *
 * @param recorder takes every call and every answer
 * @param bootstrap where the cluster's clients begin, as {@code host:port[,host:port...]}
 * @param nodes where each node is reached that belongs to the cluster at that moment
 * @param seed decides what is random in the workload; the timing of its clients is not
 */
public record LoadContext(Recorder recorder, String bootstrap, Supplier<List<String>> nodes, long seed) {

    /** Of a cluster that keeps its nodes. */
    public LoadContext(Recorder recorder, String bootstrap, long seed) {
        this(recorder, bootstrap, () -> List.of(bootstrap.split(",")), seed);
    }
}
