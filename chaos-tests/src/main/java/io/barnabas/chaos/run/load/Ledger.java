package io.barnabas.chaos.run.load;

import io.barnabas.chaos.rules.history.Answer;
import io.barnabas.chaos.rules.history.Call;
import io.barnabas.chaos.rules.history.Result;
import io.barnabas.chaos.run.Recorder;
import java.util.concurrent.atomic.AtomicLong;

/** Writes down what the clients of one workload do, and counts it. For any thread. */
final class Ledger {

    private final Recorder recorder;
    private final AtomicLong operations = new AtomicLong();
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong givenUp = new AtomicLong();

    Ledger(Recorder recorder) {
        this.recorder = recorder;
    }

    int newClient() {
        return recorder.newClient();
    }

    /** A client is about to ask. */
    long invoked(int client, Call call) {
        operations.incrementAndGet();
        return recorder.invoked(client, call);
    }

    /** A change was acknowledged. */
    void acknowledged(long operation, Answer answer) {
        recorder.completed(operation, new Result.Ok(answer));
        acknowledged.incrementAndGet();
    }

    /** A question was answered. */
    void answered(long operation, Answer answer) {
        recorder.completed(operation, new Result.Ok(answer));
    }

    /** It did not happen and never will. */
    void failed(long operation, String error) {
        recorder.completed(operation, new Result.Failed(error));
    }

    /** A change may have happened: the client tries again by itself, and an earlier attempt may have been taken. */
    void givenUp(long operation, Throwable error) {
        recorder.completed(operation, new Result.Unknown(error.toString()));
        givenUp.incrementAndGet();
    }

    /** A question was not answered. */
    void unanswered(long operation, Throwable error) {
        recorder.completed(operation, new Result.Unknown(error.toString()));
    }

    long operations() {
        return operations.get();
    }

    long acknowledged() {
        return acknowledged.get();
    }

    long givenUp() {
        return givenUp.get();
    }
}
