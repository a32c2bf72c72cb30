package io.barnabas.chaos.rules.plan;

/** What is wrong with a link. */
public sealed interface LinkCondition {

    /** Nothing arrives. */
    record Cut() implements LinkCondition {}

    /**
     * Some packets do not arrive.
     *
     * @param oneIn every how manyth packet is lost: 2, 4, 8, 16 or 32
     */
    record Lossy(int oneIn) implements LinkCondition {

        public Lossy {
            if (oneIn < 2 || oneIn > 32 || Integer.bitCount(oneIn) != 1) {
                throw new IllegalArgumentException("one packet in 2, 4, 8, 16 or 32 is lost, not in " + oneIn);
            }
        }
    }

    /**
     * Packets queue up before a narrow place.
     *
     * @param kilobitsPerSecond what passes
     */
    record Slow(int kilobitsPerSecond) implements LinkCondition {

        public Slow {
            if (kilobitsPerSecond < 8) {
                throw new IllegalArgumentException("a link passes 8 kbit/s or more, not " + kilobitsPerSecond);
            }
        }
    }

    /** Which of two conditions a link has that is in both: nothing arrives, before some, before all but late. */
    default LinkCondition worse(LinkCondition other) {
        return rank() > other.rank() || (rank() == other.rank() && degree() <= other.degree()) ? this : other;
    }

    private int rank() {
        return switch (this) {
            case Cut cut -> 2;
            case Lossy lossy -> 1;
            case Slow slow -> 0;
        };
    }

    private int degree() {
        return switch (this) {
            case Cut cut -> 0;
            case Lossy lossy -> lossy.oneIn();
            case Slow slow -> slow.kilobitsPerSecond();
        };
    }
}
