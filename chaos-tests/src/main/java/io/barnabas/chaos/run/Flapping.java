package io.barnabas.chaos.run;

import io.barnabas.chaos.cluster.Links;
import io.barnabas.chaos.rules.plan.Link;
import io.barnabas.chaos.rules.plan.LinkCondition;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Links that are cut and whole by turns, until it is ended. */
final class Flapping {

    private final Links links;
    private final long fault;
    private final Set<Link> which;
    private final Duration period;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread thread;

    Flapping(Links links, long fault, Set<Link> which, Duration period) {
        this.links = links;
        this.fault = fault;
        this.which = which;
        this.period = period;
        this.thread = Thread.ofPlatform().name("flapping").start(this::flap);
    }

    private void flap() {
        try {
            boolean cut = false;
            do {
                cut = !cut;
                if (cut) {
                    links.impose(fault, which, new LinkCondition.Cut());
                } else {
                    links.lift(fault);
                }
            } while (!ended.await(period.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            links.lift(fault);
        }
    }

    /** The links are whole on return. */
    void end() {
        ended.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
