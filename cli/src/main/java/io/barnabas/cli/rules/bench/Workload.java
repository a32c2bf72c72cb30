package io.barnabas.cli.rules.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a comparison has both systems do: {@code KIND[:KEY=VALUE]...}, such as {@code produce:partitions=6:size=100}.
 *
 * @param name as it was asked for
 * @param kind what to do
 * @param parameters how, complete
 */
public record Workload(String name, Kind kind, Map<String, String> parameters) {

    private static final Pattern END_TO_END_AT = Pattern.compile("end-to-end-(\\d+)");

    /** What can be done, with which parameters, and their defaults. Times are in seconds. */
    public enum Kind {
        /** Start the nodes. */
        START(""),
        /** Send records. */
        PRODUCE("records=500000 size=1000 partitions=1 producers=1 rate=-1 acks=all batch=16384 linger=5 warm-up=10"),
        /** Time records to a consumer, at a rate. */
        END_TO_END("rate=300 size=1000 partitions=1 seconds=20 warm-up=5"),
        /** Read a topic from beginning to end. */
        SCAN("records=500000 size=1000 partitions=1 consumers=1 scans=5 warm-up=2"),
        /** Kill leaders; {@code interval} is milliseconds. */
        FAILOVER("kills=5 interval=5 calm=2"),
        /** Make partitions, write to each, and let them rest. */
        PARTITIONS("partitions=1000 rest=60"),
        /** Time records beside a consumer that reads a backlog. */
        MIXED("records=300000 size=1000 partitions=6 producers=3 rate=1000 seconds=20 warm-up=5");

        private final Map<String, String> defaults;

        Kind(String defaults) {
            Map<String, String> parsed = new LinkedHashMap<>();
            Arrays.stream(defaults.split(" ")).filter(text -> !text.isEmpty()).forEach(text -> {
                String[] parts = text.split("=", 2);
                parsed.put(parts[0], parts[1]);
            });
            this.defaults = parsed;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public Workload {
        parameters = Map.copyOf(parameters);
    }

    /**
     * Reads one.
     *
     * @param changed values for parameters that the text does not name, used where the kind has them
     * @throws IllegalArgumentException with a message for a person, when there is no such workload
     */
    public static Workload parse(String text, Map<String, String> changed) {
        String[] parts = text.split(":");
        Map<String, String> parameters = new LinkedHashMap<>();
        Kind kind = kind(parts[0], parameters);
        Map<String, String> all = new LinkedHashMap<>(kind.defaults);
        changed.forEach((key, value) -> all.replace(key, value));
        for (String part : Arrays.asList(parts).subList(1, parts.length)) {
            String[] pair = part.split("=", 2);
            if (pair.length != 2) {
                throw new IllegalArgumentException("'" + part + "' in '" + text + "' is not KEY=VALUE");
            }
            parameters.put(pair[0], pair[1]);
        }
        parameters.forEach((key, value) -> {
            if (all.replace(key, value) == null) {
                throw new IllegalArgumentException(
                        "'" + key + "' in '" + text + "' is none of " + kind.defaults.keySet());
            }
        });
        Workload workload = new Workload(text, kind, all);
        workload.requireNumbers();
        return workload;
    }

    private static Kind kind(String name, Map<String, String> parameters) {
        Matcher rate = END_TO_END_AT.matcher(name);
        if (rate.matches()) {
            parameters.put("rate", rate.group(1));
            return Kind.END_TO_END;
        }
        if (name.equals("produce-small")) {
            parameters.put("size", "100");
            return Kind.PRODUCE;
        }
        for (Kind kind : Kind.values()) {
            if (kind.toString().equals(name)) {
                return kind;
            }
        }
        throw new IllegalArgumentException(
                "'" + name + "' is none of " + Arrays.toString(Kind.values()) + ", produce-small and end-to-end-RATE");
    }

    private void requireNumbers() {
        parameters.forEach((key, value) -> {
            try {
                if (!key.equals("acks")) {
                    Double.parseDouble(value);
                }
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("'" + value + "' for " + key + " in '" + name + "' is no number", e);
            }
        });
    }

    /**
     * Reads several; {@code produce} and {@code produce-small} are taken once for each number of partitions and each size
     * of records, unless they name theirs.
     */
    public static List<Workload> parseAll(
            List<String> texts, List<Integer> partitions, List<Integer> sizes, Map<String, String> changed) {
        List<Workload> all = new ArrayList<>();
        for (String text : texts) {
            boolean produce = text.startsWith("produce");
            boolean sized = text.startsWith("produce-small") || text.contains("size=");
            for (String some : produce && !text.contains("partitions=") ? multiplied("partitions", partitions) : ONCE) {
                for (String size : produce && !sized ? multiplied("size", sizes) : ONCE) {
                    all.add(parse(text + some + size, changed));
                }
            }
        }
        return all;
    }

    private static final List<String> ONCE = List.of("");

    private static List<String> multiplied(String key, List<Integer> values) {
        return values.isEmpty()
                ? ONCE
                : values.stream().map(value -> ":" + key + "=" + value).toList();
    }

    public String text(String key) {
        return parameters.get(key);
    }

    public double number(String key) {
        return Double.parseDouble(parameters.get(key));
    }

    public int integer(String key) {
        return (int) number(key);
    }
}
