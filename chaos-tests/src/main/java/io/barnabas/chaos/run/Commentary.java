package io.barnabas.chaos.run;

import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Tells what happens, with the time since the run began, and keeps what an operator would want to know of it. */
final class Commentary {

    private final Consumer<String> tell;
    private final List<String> troubles;
    private final long beginNs;

    /**
     * For a run that begins then.
     *
     * @param troubles takes what is noted
     */
    Commentary(Consumer<String> tell, List<String> troubles, long beginNs) {
        this.tell = tell;
        this.troubles = troubles;
        this.beginNs = beginNs;
    }

    void say(String line) {
        tell.accept(String.format(Locale.ROOT, "[%5.1f s] %s", (System.nanoTime() - beginNs) / 1e9, line));
    }

    void note(List<String> found) {
        found.forEach(this::say);
        troubles.addAll(found);
    }
}
