package io.barnabas.log.compact;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class IoThrottleTest {

    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5);
    private final AtomicLong rested = new AtomicLong();

    private IoThrottle limit(double bytesPerSecond) {
        return new IoThrottle(bytesPerSecond, clock::get, nanos -> {
            rested.addAndGet(nanos);
            clock.addAndGet(nanos);
        });
    }

    @Test
    void keepsToItsRateInSmallStepsAndLarge() {
        IoThrottle throttle = limit(1_000_000);
        for (int i = 0; i < 2_000; i++) {
            throttle.used(1_000);
        }
        throttle.used(3_000_000);
        assertThat(rested.get()).isBetween(TimeUnit.MILLISECONDS.toNanos(4_970), TimeUnit.SECONDS.toNanos(5));
    }

    @Test
    void idleTimeIsNotSavedUp() {
        IoThrottle throttle = limit(1_000_000);
        throttle.used(1_000_000);
        clock.addAndGet(TimeUnit.HOURS.toNanos(1));
        rested.set(0);
        throttle.used(1_000_000);
        assertThat(rested.get()).isEqualTo(TimeUnit.SECONDS.toNanos(1));
    }

    @Test
    void doesNotRestWithoutALimit() {
        limit(Double.MAX_VALUE).used(Long.MAX_VALUE);
        assertThat(rested.get()).isZero();
    }
}
