package io.barnabas.chaos.rules.check;

import io.barnabas.chaos.rules.history.Event;
import java.util.ArrayList;
import java.util.List;

/** Collects what a checker finds: counts all, keeps the first {@value #KEPT}. */
public final class Findings {

    /** Violations kept. */
    public static final int KEPT = 100;

    private final String promise;
    private final List<Violation> violations = new ArrayList<>();
    private final List<String> undecided = new ArrayList<>();
    private long checked;
    private long broken;

    /** Of the checker of this promise. */
    public Findings(String promise) {
        this.promise = promise;
    }

    /** One more thing was looked at. */
    public void checked() {
        checked++;
    }

    /** So many more things were looked at. */
    public void checked(long more) {
        checked += more;
    }

    /** A violation whose proof {@link Evidence} finds by its place. */
    public void broken(String what, Place place) {
        broken(what, place, List.of());
    }

    /** A violation with the events that prove it. */
    public void broken(String what, Place place, List<Event> proof) {
        broken++;
        if (violations.size() < KEPT) {
            violations.add(new Violation(promise, what, place, proof));
        }
    }

    /** Something that cannot be judged, as a sentence. */
    public void undecided(String why) {
        if (undecided.size() < KEPT) {
            undecided.add(why);
        }
    }

    /** All of it. */
    public Judgement judgement() {
        return new Judgement(promise, checked, broken, violations, undecided);
    }
}
