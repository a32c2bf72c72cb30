package io.barnabas.cli;

import java.util.concurrent.Callable;

/**
 * A command below {@code barnabas chaos}, as a class that picocli understands; its result is the exit code. The
 * commands come with the chaos tests, in a jar of their own that is found by {@link java.util.ServiceLoader} and is on
 * the class path for {@code barnabas chaos} alone: all others start with what their AOT cache was made of.
 */
public interface ChaosSubcommand extends Callable<Integer> {}
