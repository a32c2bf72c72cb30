package io.barnabas.net.kafka;

import java.util.List;
import org.apache.kafka.common.config.ConfigDef;

/**
 * One setting of a topic.
 *
 * @param name the key, Kafka's
 * @param type the shape of its value
 * @param defaultValue its value where neither topic nor node says anything
 * @param validator which values are taken, once they have the right shape
 * @param nodeKeys the node settings that give its default, the one that goes first first
 * @param documentation what it does, for people
 */
record TopicKey(
        String name,
        ConfigDef.Type type,
        String defaultValue,
        ConfigDef.Validator validator,
        List<NodeDefault> nodeKeys,
        String documentation) {

    /**
     * A node setting that stands behind a topic's.
     *
     * @param key the node's key
     * @param unit what a value there is multiplied with, 1 when it is taken as it is
     */
    record NodeDefault(String key, long unit) {

        /** The topic's value that the node's value stands for. */
        String convert(String value) {
            if (unit == 1) {
                return value;
            }
            long number = Long.parseLong(value.strip());
            return Long.toString(number < 0 ? number : Math.multiplyExact(number, unit));
        }
    }

    /**
     * Reads a value.
     *
     * @throws org.apache.kafka.common.config.ConfigException when it has not the key's shape; names the key
     */
    Object parse(String value) {
        return ConfigDef.parseType(name, value, type);
    }

    /**
     * Reads and checks a value.
     *
     * @throws org.apache.kafka.common.config.ConfigException when it is not allowed; names the key
     */
    void check(String value) {
        validator.ensureValid(name, parse(value));
    }
}
