package io.barnabas.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/** Nodes of this distribution. */
final class BarnabasSystem implements ComparedSystem {

    static final String NAME = "Barnabas";

    private final Map<String, String> settings;

    /** With settings beside those of a local cluster. */
    BarnabasSystem(Map<String, String> settings) {
        this.settings = settings;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Layout layOut(Path directory, List<Integer> ports) {
        LocalCluster cluster = LocalCluster.create(directory, ports.size(), ports.getFirst());
        StringBuilder more = new StringBuilder();
        settings.forEach(
                (key, value) -> more.append(key).append('=').append(value).append('\n'));
        try {
            for (LocalNode node : cluster.nodes()) {
                Files.writeString(node.settings(), more, StandardOpenOption.APPEND);
            }
        } catch (IOException e) {
            throw new CommandFailedException("cannot write the settings: " + Failures.line(e), e);
        }
        return new Layout() {
            @Override
            public ProcessHandle launch(int node) {
                return cluster.node(node).start();
            }

            @Override
            public Path log(int node) {
                return cluster.node(node).log();
            }
        };
    }
}
