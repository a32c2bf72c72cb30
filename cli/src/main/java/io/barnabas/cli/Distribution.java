package io.barnabas.cli;

import java.nio.file.Files;
import java.nio.file.Path;

/** The unpacked distribution that this process runs from. */
final class Distribution {

    private static final String HOME_PROPERTY = "barnabas.home";

    private Distribution() {}

    /** The script that starts barnabas. */
    static Path launcher() {
        String home = System.getProperty(HOME_PROPERTY);
        Path launcher = home == null ? null : Path.of(home, "bin", "barnabas");
        if (launcher == null || !Files.isExecutable(launcher)) {
            throw new CommandFailedException("nodes can only be started from a distribution; use its bin/barnabas");
        }
        return launcher;
    }
}
