package io.barnabas.cli;

import io.barnabas.cli.rules.bench.Measurement;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What every measurement of a topic is given on the command line, and where its result goes. */
final class BenchRun {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Mixin
    private ClusterClient cluster;

    @Mixin
    private BenchTopicOptions topic;

    @Mixin
    private BenchNodes nodes;

    @Mixin
    private BenchReport report;

    /** Something that is measured on a topic. */
    @FunctionalInterface
    interface Bench {
        Measurement run(ClusterClient cluster, BenchTopic topic, BenchNodes nodes);
    }

    /** @throws ParameterException with that message unless it holds */
    void require(boolean holds, String message) {
        if (!holds) {
            throw new ParameterException(command.commandLine(), message);
        }
    }

    void tell(Bench bench) {
        tell(0, 0, bench);
    }

    /** Sends {@code fill} records of that size into the topic before it is measured. */
    void tell(long fill, int recordSize, Bench bench) {
        try (BenchTopic used = topic.open(cluster)) {
            if (fill > 0) {
                new ProduceBench(cluster, used, nodes, ProduceBench.Settings.flatOut(fill, recordSize)).run();
            }
            report.tell(command.commandLine().getOut(), bench.run(cluster, used, nodes));
        }
    }
}
