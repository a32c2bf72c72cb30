package io.barnabas.log.rules;

import java.util.SplittableRandom;

/** Runs random tests from a seed that is printed first and on failure; {@code -Dseed=N} runs one again. */
public final class Seeds {

    private Seeds() {}

    /** A test that draws from a random source. */
    public interface Body {
        void run(SplittableRandom random) throws Exception;
    }

    /** Runs the body {@code times} times, each with a seed of its own; once when a seed is given. */
    public static void run(String name, int times, Body body) throws Exception {
        String given = System.getProperty("seed", "");
        boolean replay = !given.isBlank();
        long first = replay ? Long.parseLong(given.trim()) : System.nanoTime();
        System.out.println(name + ": seed " + first + (replay ? "" : " and the " + (times - 1) + " after it"));
        for (int i = 0; i < (replay ? 1 : times); i++) {
            long seed = first + i;
            try {
                body.run(new SplittableRandom(seed));
            } catch (Exception | AssertionError e) {
                throw new AssertionError(name + " failed, run it again with -Dseed=" + seed, e);
            }
        }
    }
}
