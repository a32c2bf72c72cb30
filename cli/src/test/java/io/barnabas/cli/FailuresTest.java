package io.barnabas.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.NoSuchFileException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.junit.jupiter.api.Test;

class FailuresTest {

    @Test
    void wrappersOfFuturesAreTakenOff() {
        Throwable wrapped = new CompletionException(
                new ExecutionException(new TopicExistsException("Topic 'orders' already exists.")));

        assertThat(Failures.line(wrapped)).isEqualTo("Topic 'orders' already exists.");
    }

    @Test
    void aMissingFileIsCalledSo() {
        assertThat(Failures.line(new NoSuchFileException("a.jsonl"))).isEqualTo("there is no file a.jsonl");
    }

    @Test
    void aTimeoutSaysWhatToCheck() {
        assertThat(Failures.line(new TimeoutException("Expired."))).contains("Expired.", "--bootstrap-server");
    }

    @Test
    void aFailureWithoutWordsIsNamed() {
        assertThat(Failures.line(new IllegalStateException())).isEqualTo("IllegalStateException");
    }
}
