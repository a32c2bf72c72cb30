package io.barnabas.metadata.rules;

import java.util.Optional;
import java.util.regex.Pattern;

/** Which names a topic may have; Kafka's rules, so that every topic can be mirrored there and back. */
public final class TopicNames {

    private static final int MAX_LENGTH = 249;
    private static final Pattern LEGAL = Pattern.compile("[a-zA-Z0-9._-]+");

    private TopicNames() {}

    /** What is wrong with the name, empty when it is legal. */
    public static Optional<String> flaw(String name) {
        if (name.isEmpty()) {
            return Optional.of("a topic name cannot be empty");
        }
        if (name.equals(".") || name.equals("..")) {
            return Optional.of("a topic cannot be named '" + name + "'");
        }
        if (name.length() > MAX_LENGTH) {
            return Optional.of("a topic name has at most " + MAX_LENGTH + " characters, this one has " + name.length());
        }
        if (!LEGAL.matcher(name).matches()) {
            return Optional.of("topic name '" + name + "' has characters other than letters, digits, '.', '_' and '-'");
        }
        return Optional.empty();
    }

    /** Whether two names differ in '.' and '_' alone, which metric names cannot tell apart. */
    public static boolean collide(String one, String other) {
        return one.replace('.', '_').equals(other.replace('.', '_'));
    }
}
