package io.barnabas.chaos.cluster;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the names of all that a run makes on its host have in common, so that a later run knows what a dead one left.
 *
 * @param pid the process that runs it
 * @param ordinal of the clusters of that process
 */
record RunTag(long pid, int ordinal) {

    private static final Pattern TEXT = Pattern.compile("(\\d+)x(\\d+)");
    private static final AtomicInteger LAST = new AtomicInteger();

    /** A new one of this process. */
    static RunTag next() {
        return new RunTag(ProcessHandle.current().pid(), LAST.incrementAndGet());
    }

    /** The tag somewhere in a name. */
    static Optional<RunTag> in(String name) {
        Matcher matcher = TEXT.matcher(name);
        return matcher.find()
                ? Optional.of(new RunTag(Long.parseLong(matcher.group(1)), Integer.parseInt(matcher.group(2))))
                : Optional.empty();
    }

    /** The process of the run is gone. */
    boolean isDead() {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty();
    }

    @Override
    public String toString() {
        return pid + "x" + ordinal;
    }
}
