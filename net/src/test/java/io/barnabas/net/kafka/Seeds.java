package io.barnabas.net.kafka;

import java.util.concurrent.ThreadLocalRandom;

/** Seeds of random tests: drawn and printed, or given by {@code -Dseed=N} to replay a run. */
final class Seeds {

    private Seeds() {}

    static long draw() {
        String given = System.getProperty("seed", "");
        long seed = given.isBlank() ? ThreadLocalRandom.current().nextLong() : Long.parseLong(given.trim());
        System.out.println("seed=" + seed + " (replay with -Dseed=" + seed + ")");
        return seed;
    }
}
