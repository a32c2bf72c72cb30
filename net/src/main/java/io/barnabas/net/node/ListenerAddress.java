package io.barnabas.net.node;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One entry of {@code listeners} or {@code advertised.listeners}: {@code NAME://host:port}.
 *
 * @param name the listener's name, in capitals
 * @param address where it is bound, or where clients reach it
 */
public record ListenerAddress(String name, HostPort address) {

    private static final Pattern SHAPE = Pattern.compile("([A-Za-z][A-Za-z0-9_-]*)://(.+)");

    /** Reads {@code NAME://host:port}; empty when the text is none. */
    public static Optional<ListenerAddress> parse(String text) {
        Matcher matcher = SHAPE.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String name = matcher.group(1).toUpperCase(Locale.ROOT);
        return HostPort.parse(matcher.group(2)).map(address -> new ListenerAddress(name, address));
    }

    @Override
    public String toString() {
        return name + "://" + address;
    }
}
