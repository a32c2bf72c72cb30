package io.barnabas.chaos.run.load;

import io.barnabas.chaos.run.Recorder;

/**
 * What a workload needs of its run.
 *
 * @param recorder takes every call and every answer
 * @param bootstrap where the cluster's clients begin, as {@code host:port[,host:port...]}
 * @param seed decides what is random in the workload; the timing of its clients is not
 */
public record LoadContext(Recorder recorder, String bootstrap, long seed) {}
