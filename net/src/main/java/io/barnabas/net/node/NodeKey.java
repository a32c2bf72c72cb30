package io.barnabas.net.node;

import java.util.Optional;
import java.util.function.Predicate;

/**
 * One key of {@code node.properties}.
 *
 * @param name the key
 * @param type the shape of its value, by Kafka's names of types
 * @param required whether the node cannot start without it
 * @param defaultValue its value when it is not set; empty when required, or when being unset has a meaning of its own
 * @param rule which values are taken
 * @param documentation what it does, for people
 */
public record NodeKey(
        String name, Type type, boolean required, Optional<String> defaultValue, Rule rule, String documentation) {

    /** The shape of a value. */
    public enum Type {
        BOOLEAN,
        INT,
        LONG,
        DOUBLE,
        STRING,
        LIST
    }

    /**
     * Which values are taken.
     *
     * @param allowed the values in words, to end the sentence "allowed is"
     * @param accepts whether a value, stripped of blanks around it, is one of them
     */
    public record Rule(String allowed, Predicate<String> accepts) {}
}
