package io.barnabas.chaos.run.load;

import java.time.Duration;
import org.apache.kafka.clients.admin.Admin;

/**
 * Clients of one kind, from preparation to the last reading: {@link #prepare}, {@link #start}, {@link #stop},
 * {@link #readBack}, {@link #close}, each once and in this order; {@code close} alone may come at any time. Clients
 * bear every fault: what fails is recorded and tried again or left. Only what no fault explains, such as an error in
 * the workload itself, is thrown, by {@link #stop}.
 */
public interface Workload extends AutoCloseable {

    /** As in the catalogue. */
    String name();

    /**
     * Makes the topics, declares what may go of them, and waits until they are led. Before any fault.
     *
     * @throws IllegalStateException when the cluster refuses or does not do it in time
     */
    void prepare(Admin admin) throws InterruptedException;

    /** Begins to ask. Returns at once. */
    void start();

    /**
     * Asks no more, and waits for what is under way, a minute at most: with healed faults that is enough for every
     * client; what is not answered then is given up and recorded as unknown.
     *
     * @throws IllegalStateException when a part of the workload had ended before, or does not end now
     */
    void stop() throws InterruptedException;

    /**
     * Lets fresh clients read everything for the last time, after all workloads have stopped and all faults are healed.
     *
     * @throws IllegalStateException when that takes longer than {@code timeout}
     */
    void readBack(Duration timeout) throws InterruptedException;

    /** How many operations were begun so far. */
    long operations();

    /** How many of them changed something and were acknowledged. Grows as long as the workload gets on. */
    long acknowledged();

    /** Ends whatever is left of the clients. */
    @Override
    void close();
}
