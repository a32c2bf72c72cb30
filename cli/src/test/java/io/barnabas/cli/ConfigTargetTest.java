package io.barnabas.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class ConfigTargetTest {

    @Test
    void readsTopicsAndNodes() {
        assertThat(ConfigTarget.parse("topic:orders").resource())
                .isEqualTo(new ConfigResource(ConfigResource.Type.TOPIC, "orders"));
        assertThat(ConfigTarget.parse("node:12").resource())
                .isEqualTo(new ConfigResource(ConfigResource.Type.BROKER, "12"));
        assertThat(ConfigTarget.parse("nodes").resource().isDefault()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"topic:orders", "node:12", "nodes"})
    void isWrittenAsItIsRead(String text) {
        assertThat(ConfigTarget.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "orders", "topic:", "node:", "node:x", "node:-1", "broker:1"})
    void refusesAllElse(String text) {
        assertThatThrownBy(() -> ConfigTarget.parse(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("topic:NAME");
    }
}
