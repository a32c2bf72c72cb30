package io.barnabas.log.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.barnabas.log.rules.PlaceRecovery.Facts;
import io.barnabas.log.rules.PlaceRecovery.Lost;
import io.barnabas.log.rules.PlaceRecovery.Step;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Directories a, b and c; a replica that lived in a, or was being moved from a to b. */
class PlaceRecoveryTest {

    private static final Set<String> ALL = Set.of("a", "b", "c");

    private String recorded = "a";
    private Set<String> online = ALL;
    private Set<String> found = Set.of("a");
    private Set<String> copies = Set.of();
    private Set<String> aside = Set.of();

    private PlaceRecovery recovery() {
        return PlaceRecovery.of(new Facts(Optional.ofNullable(recorded), online, found, copies, aside));
    }

    @Test
    void opensWhereItIsRecorded() {
        assertThat(recovery()).isEqualTo(new PlaceRecovery(Optional.of("a"), List.of(), Optional.empty()));
    }

    @Test
    void opensWhatIsNotRecordedYet() {
        recorded = null;
        assertThat(recovery().opensIn()).contains("a");
    }

    @Test
    void opensWhatWasMovedByHand() {
        found = Set.of("c");
        assertThat(recovery().opensIn()).contains("c");
    }

    @Test
    void aMoveThatDidNotEndIsForgotten() {
        copies = Set.of("b");
        assertThat(recovery().opensIn()).contains("a");
        assertThat(recovery().steps()).containsExactly(new Step.DeleteCopy("b"));
    }

    @Test
    void aMoveThatIsRecordedIsFinished() {
        recorded = "b";
        copies = Set.of("b");
        assertThat(recovery().opensIn()).contains("b");
        assertThat(recovery().steps()).containsExactly(new Step.FinishMove("b"), new Step.DeleteOld("a"));
    }

    @Test
    void filesThatAMoveLeftBehindAreDeleted() {
        recorded = "b";
        found = Set.of("a", "b");
        assertThat(recovery().opensIn()).contains("b");
        assertThat(recovery().steps()).containsExactly(new Step.DeleteOld("a"));
    }

    @Test
    void aReplicaWhoseDirectoryIsAwayDoesNotRun() {
        online = Set.of("b", "c");
        found = Set.of();
        assertThat(recovery().opensIn()).isEmpty();
        assertThat(recovery().lost()).contains(Lost.DIRECTORY_AWAY);
    }

    @Test
    void norDoItsOldFilesElsewhere() {
        recorded = "b";
        online = Set.of("a", "c");
        assertThat(recovery().opensIn()).isEmpty();
        assertThat(recovery().lost()).contains(Lost.DIRECTORY_AWAY);
        assertThat(recovery().steps()).containsExactly(new Step.SetAside("a"));
    }

    @Test
    void filesSetAsideGoWhenTheDirectoryIsBack() {
        recorded = "b";
        found = Set.of("b");
        aside = Set.of("a");
        assertThat(recovery().opensIn()).contains("b");
        assertThat(recovery().steps()).containsExactly(new Step.DeleteAside("a"));
    }

    @Test
    void filesThatAreGoneAreNotReplacedByNone() {
        found = Set.of();
        assertThat(recovery().opensIn()).isEmpty();
        assertThat(recovery().lost()).contains(Lost.FILES_GONE);
    }

    @Test
    void nobodyGuessesWhichOfTwoIsNewer() {
        recorded = null;
        found = Set.of("a", "b");
        assertThat(recovery().opensIn()).isEmpty();
        assertThat(recovery().lost()).contains(Lost.AMBIGUOUS);
        assertThat(recovery().steps()).containsExactly(new Step.SetAside("a"), new Step.SetAside("b"));
    }

    /**
     * Walks through a move from a to b, stops after each step, restarts with either directory away or both well, and
     * again with both well: only the newest files are ever opened, and never deleted.
     */
    @Test
    void aMoveMayStopAnywhere() {
        for (int stop = 0; stop <= 5; stop++) {
            for (Set<String> well : List.of(ALL, Set.of("a", "c"), Set.of("b", "c"))) {
                Disk disk = new Disk();
                disk.move(stop);
                String newest = stop >= 3 ? "b" : "a";
                for (Set<String> now : List.of(well, ALL, ALL)) {
                    Optional<String> opened = disk.restart(now);
                    assertThat(opened)
                            .as("stopped after %d steps, %s well", stop, now)
                            .isEqualTo(Optional.of(newest).filter(now::contains));
                }
                assertThat(disk.found).containsExactly(newest);
                assertThat(disk.copies).isEmpty();
                assertThat(disk.aside).isEmpty();
            }
        }
    }

    private static final class Disk {

        private String recorded = "a";
        private final Set<String> found = new HashSet<>(Set.of("a"));
        private final Set<String> copies = new HashSet<>();
        private final Set<String> aside = new HashSet<>();

        void move(int steps) {
            if (steps >= 2) {
                copies.add("b");
            }
            if (steps >= 3) {
                recorded = "b";
            }
            if (steps >= 4) {
                copies.remove("b");
                found.add("b");
            }
            if (steps >= 5) {
                found.remove("a");
            }
        }

        Optional<String> restart(Set<String> well) {
            PlaceRecovery recovery = PlaceRecovery.of(new Facts(
                    Optional.of(recorded), well, common(found, well), common(copies, well), common(aside, well)));
            for (Step step : recovery.steps()) {
                switch (step) {
                    case Step.FinishMove finish -> {
                        copies.remove(finish.directory());
                        found.add(finish.directory());
                    }
                    case Step.DeleteCopy copy -> copies.remove(copy.directory());
                    case Step.DeleteOld old -> found.remove(old.directory());
                    case Step.SetAside stray -> {
                        found.remove(stray.directory());
                        aside.add(stray.directory());
                    }
                    case Step.DeleteAside stray -> aside.remove(stray.directory());
                }
            }
            recovery.opensIn().ifPresent(directory -> recorded = directory);
            return recovery.opensIn();
        }

        private static Set<String> common(Set<String> one, Set<String> other) {
            Set<String> common = new HashSet<>(one);
            common.retainAll(other);
            return common;
        }
    }
}
