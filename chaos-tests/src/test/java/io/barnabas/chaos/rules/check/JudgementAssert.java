package io.barnabas.chaos.rules.check;

import static org.assertj.core.api.Assertions.assertThat;

/** What tests say of a judgement. */
final class JudgementAssert {

    private final Judgement judgement;

    private JudgementAssert(Judgement judgement) {
        this.judgement = judgement;
    }

    static JudgementAssert assertJudgement(Judgement judgement) {
        return new JudgementAssert(judgement);
    }

    /** Nothing broken, nothing open, and something was looked at. */
    void passed() {
        assertThat(judgement.violations()).isEmpty();
        assertThat(judgement.undecided()).isEmpty();
        assertThat(judgement.passed()).isTrue();
        assertThat(judgement.checked()).isPositive();
    }

    /** Broken exactly once, with these words and with events that prove it. */
    void brokenOnce(String... words) {
        assertThat(judgement.violations()).hasSize(1);
        assertThat(judgement.broken()).isEqualTo(1);
        assertThat(judgement.violations().getFirst().what()).contains(words);
        assertThat(judgement.violations().getFirst().proof()).isNotEmpty();
        assertThat(judgement.passed()).isFalse();
    }

    void undecided(String... words) {
        assertThat(judgement.violations()).isEmpty();
        assertThat(judgement.undecided()).hasSize(1);
        assertThat(judgement.undecided().getFirst()).contains(words);
        assertThat(judgement.passed()).isFalse();
    }
}
