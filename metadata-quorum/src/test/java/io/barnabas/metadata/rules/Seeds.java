package io.barnabas.metadata.rules;

import java.util.SplittableRandom;

/** Runs random tests from a seed that is printed first and on failure; {@code -Dseed=N} runs that one again. */
public final class Seeds {

    private Seeds() {}

    /** A test that draws from a random source. */
    public interface Body {
        void run(SplittableRandom random) throws Exception;
    }

    /** Runs the body with as many seeds in a row; with one alone when it is given. */
    public static void run(String name, int times, Body body) throws Exception {
        String given = System.getProperty("seed", "").trim();
        long first = given.isEmpty() ? System.nanoTime() : Long.parseLong(given);
        long last = given.isEmpty() ? first + times - 1 : first;
        System.out.println(name + ": seeds " + first + " to " + last);
        for (long seed = first; seed <= last; seed++) {
            try {
                body.run(new SplittableRandom(seed));
            } catch (Exception | AssertionError e) {
                throw new AssertionError(name + " failed; run it again with -Dseed=" + seed, e);
            }
        }
    }
}
