package io.barnabas.chaos.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What this process may do on its host. Who is not root may be root of a user namespace on most Linux hosts, with
 * networks and mounts of its own: enough for everything but loop devices. A process enters one by being started in it.
 */
public final class HostRights {

    /** {@code ip netns} keeps its names below /run, which belongs to the host's root. */
    private static final List<String> OWN_NAMESPACES = List.of(
            "unshare",
            "--user",
            "--map-root-user",
            "--net",
            "--mount",
            "sh",
            "-c",
            "mount -t tmpfs run /run && ip link set lo up && exec \"$@\"",
            "sh");

    private HostRights() {}

    /** Whether it may do everything, at least in its own namespaces. */
    public static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /** Whether a process that is started by {@link #asRoot} can make network namespaces. */
    public static boolean mayBecomeRoot() {
        return HostCommand.attempt(
                asRoot(List.of("ip", "netns", "add", "probe")).toArray(String[]::new));
    }

    /** The words that run a command as root of namespaces of its own; the process has the same id. */
    public static List<String> asRoot(List<String> words) {
        List<String> all = new ArrayList<>(OWN_NAMESPACES);
        all.addAll(words);
        return List.copyOf(all);
    }
}
