package io.barnabas.cli;

import io.barnabas.cli.rules.bench.Latencies;
import io.barnabas.cli.rules.bench.Rates;
import java.util.Collection;
import java.util.Optional;

/** Counts and times what was acknowledged. Each sender has its own, so its lock is nearly always free. */
final class Acknowledgements implements BenchSender.Listener {

    private final long begun;
    private final Latencies latencies = new Latencies();
    private final Rates rates = new Rates();
    private long failed;
    private Optional<Exception> firstFailure = Optional.empty();

    /** Those of a measurement that began at that {@link System#nanoTime}. */
    Acknowledgements(long begun) {
        this.begun = begun;
    }

    /** All of them together; none may be unacknowledged. */
    static Acknowledgements all(long begun, Collection<Acknowledgements> parts) {
        Acknowledgements all = new Acknowledgements(begun);
        parts.forEach(all::add);
        all.requireNoneFailed();
        return all;
    }

    private void add(Acknowledgements part) {
        synchronized (part) {
            latencies.add(part.latencies);
            rates.add(part.rates);
            failed += part.failed;
            firstFailure = firstFailure.or(() -> part.firstFailure);
        }
    }

    @Override
    public synchronized void acknowledged(long dueNanos, long nowNanos, int size) {
        latencies.record(nowNanos - dueNanos);
        rates.add(nowNanos - begun, size);
    }

    @Override
    public synchronized void failed(Exception failure) {
        failed++;
        firstFailure = firstFailure.or(() -> Optional.of(failure));
    }

    private void requireNoneFailed() {
        firstFailure.ifPresent(failure -> {
            throw new CommandFailedException(
                    failed + " of " + (failed + rates.records()) + " records were not acknowledged: "
                            + Failures.line(failure),
                    failure);
        });
    }

    Latencies latencies() {
        return latencies;
    }

    Rates rates() {
        return rates;
    }
}
