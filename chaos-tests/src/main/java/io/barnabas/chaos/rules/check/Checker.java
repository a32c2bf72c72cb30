package io.barnabas.chaos.rules.check;

import io.barnabas.chaos.rules.history.Observer;

/** Watches a run for one promise. For one run and one thread. */
public interface Checker extends Observer {

    /** What is promised, as a short sentence: names the checker in reports. */
    String promise();

    /**
     * The verdict, after the whole history was shown.
     *
     * @param log what was sent and read, complete
     */
    Judgement judge(LogRecords log);
}
