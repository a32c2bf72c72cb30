package io.barnabas.metadata.rules.group;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.barnabas.metadata.rules.MetadataImage;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * An expression that stands for all topics whose whole name it matches. Its syntax is that of RE2, as in KIP-848: other
 * than Java's own, it takes time linear in the name, whatever a client comes up with.
 */
final class TopicExpression {

    private final Pattern pattern;

    private TopicExpression(Pattern pattern) {
        this.pattern = pattern;
    }

    /** What is wrong with it, empty when it is an expression. */
    static Optional<String> flaw(String expression) {
        try {
            Pattern.compile(expression);
            return Optional.empty();
        } catch (PatternSyntaxException e) {
            return Optional.of(
                    "'" + expression + "' is not a regular expression of RE2 syntax: " + e.getDescription() + ".");
        }
    }

    /** A valid one. */
    static TopicExpression of(String expression) {
        return new TopicExpression(Pattern.compile(expression));
    }

    /** The topics that it stands for now. */
    Set<String> topics(MetadataImage image) {
        Set<String> topics = new TreeSet<>();
        for (String topic : image.topics().keySet()) {
            if (pattern.matches(topic)) {
                topics.add(topic);
            }
        }
        return topics;
    }
}
