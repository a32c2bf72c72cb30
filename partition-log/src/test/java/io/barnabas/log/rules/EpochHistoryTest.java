package io.barnabas.log.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barnabas.log.PartitionReplica.EpochEnd;
import io.barnabas.log.rules.EpochHistory.Start;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EpochHistoryTest {

    @Test
    void answersAsKip101And279Ask() {
        EpochHistory history =
                EpochHistory.EMPTY.assign(2, 0).assign(2, 5).assign(4, 10).assign(7, 25);
        assertThat(history.starts()).containsExactly(new Start(2, 0), new Start(4, 10), new Start(7, 25));
        assertThat(history.latest()).hasValue(7);
        assertThat(history.endOf(7, 30)).isEqualTo(new EpochEnd(7, 30));
        assertThat(history.endOf(4, 30)).isEqualTo(new EpochEnd(4, 25));
        assertThat(history.endOf(6, 30)).isEqualTo(new EpochEnd(4, 25));
        assertThat(history.endOf(3, 30)).isEqualTo(new EpochEnd(2, 10));
        assertThat(history.endOf(1, 30)).isEqualTo(new EpochEnd(1, 0));
        assertThat(history.endOf(8, 30)).isEqualTo(EpochEnd.UNDEFINED);
        assertThat(history.endOf(-1, 30)).isEqualTo(EpochEnd.UNDEFINED);
        assertThat(EpochHistory.EMPTY.endOf(0, 0)).isEqualTo(EpochEnd.UNDEFINED);
    }

    @Test
    void epochsOnlyGrow() {
        EpochHistory history = EpochHistory.EMPTY.assign(3, 10);
        assertThatThrownBy(() -> history.assign(2, 11)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> history.assign(-1, 11)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> EpochHistory.of(List.of(new Start(1, 5), new Start(2, 5))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(EpochHistory.of(history.starts())).isEqualTo(history);
    }

    @Test
    void anEpochWithoutBatchesLeavesNoTrace() {
        EpochHistory history = EpochHistory.EMPTY.assign(1, 0).assign(2, 8).assign(3, 8);
        assertThat(history.starts()).containsExactly(new Start(1, 0), new Start(3, 8));
    }

    @Test
    void answersAsTheEpochsOfAllRecordsWould() throws Exception {
        Seeds.run("epoch history", 300, EpochHistoryTest::compareWithRecords);
    }

    private static void compareWithRecords(SplittableRandom random) {
        EpochHistory history = EpochHistory.EMPTY;
        List<Integer> epochOf = new ArrayList<>();
        int start = 0;
        int epoch = 0;
        for (int i = 0; i < 40; i++) {
            switch (random.nextInt(10)) {
                case 0 -> {
                    int end = start + random.nextInt(epochOf.size() - start + 1);
                    history = history.truncateTo(end);
                    epochOf.subList(end, epochOf.size()).clear();
                }
                case 1 -> {
                    start += random.nextInt(epochOf.size() - start + 1);
                    history = history.trimTo(start);
                }
                case 2, 3 -> epoch += 1 + random.nextInt(3);
                default -> {
                    history = history.assign(epoch, epochOf.size());
                    for (int n = 1 + random.nextInt(4); n > 0; n--) {
                        epochOf.add(epoch);
                    }
                }
            }
            check(history, epochOf, start, epoch + 2);
        }
    }

    private static void check(EpochHistory history, List<Integer> epochOf, int start, int above) {
        int end = epochOf.size();
        if (start == end) {
            return;
        }
        int latest = epochOf.get(end - 1);
        assertThat(history.latest()).hasValue(latest);
        for (int offset = start; offset < end; offset++) {
            assertThat(history.epochOf(offset)).hasValue(epochOf.get(offset));
        }
        for (int asked = 0; asked <= above; asked++) {
            EpochEnd expected;
            if (asked > latest) {
                expected = EpochEnd.UNDEFINED;
            } else {
                int offset = start;
                int found = asked;
                while (offset < end && epochOf.get(offset) <= asked) {
                    found = epochOf.get(offset);
                    offset++;
                }
                expected = new EpochEnd(found, offset);
            }
            assertThat(history.endOf(asked, end))
                    .as("epoch %d of %s", asked, history)
                    .isEqualTo(expected);
        }
    }
}
