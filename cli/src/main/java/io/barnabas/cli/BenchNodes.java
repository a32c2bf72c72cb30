package io.barnabas.cli;

import io.barnabas.cli.rules.bench.NodeUsage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Option;

/** The processes of the nodes that are measured, when they run on this machine. */
final class BenchNodes {

    private static final double NANOS = 1e9;

    @Option(
            names = "--pids",
            paramLabel = "PID",
            split = ",",
            description = "The nodes' processes on this machine, to tell their processor time, memory and threads.")
    private List<Long> pids = List.of();

    /** For a command line to fill in. */
    BenchNodes() {}

    BenchNodes(List<Long> pids) {
        this.pids = List.copyOf(pids);
    }

    boolean areKnown() {
        return !pids.isEmpty();
    }

    /** What all of them use now. */
    NodeUsage usage() {
        return pids.stream().map(BenchNodes::usage).reduce(NodeUsage.NONE, NodeUsage::plus);
    }

    private static NodeUsage usage(long pid) {
        Duration cpu = ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .orElseThrow(() -> new CommandFailedException("no process " + pid + " runs here; see --pids"));
        try {
            return NodeUsage.of(cpu.toNanos() / NANOS, Files.readString(Path.of("/proc/" + pid + "/status")));
        } catch (IOException e) {
            throw new CommandFailedException(
                    "cannot read /proc/" + pid + "/status, which --pids needs: " + Failures.line(e), e);
        }
    }
}
