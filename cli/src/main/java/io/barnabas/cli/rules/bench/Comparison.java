package io.barnabas.cli.rules.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What two systems did, side by side.
 *
 * @param baseline the name of the one that the other is compared with
 * @param candidate the name of the other
 * @param settings how both were set up
 * @param runs everything that was measured
 * @param failures what failed, one line each
 */
public record Comparison(
        String baseline, String candidate, Map<String, String> settings, List<Run> runs, List<String> failures) {

    public Comparison {
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        runs = List.copyOf(runs);
        failures = List.copyOf(failures);
    }

    /** One measurement of one system. */
    public record Run(int round, String system, Measurement measurement) {}

    /**
     * One figure of one workload.
     *
     * @param baseline its values by round
     * @param candidate its values by round
     */
    public record Row(
            String workload,
            String figure,
            String unit,
            Figure.Better better,
            Map<Integer, Double> baseline,
            Map<Integer, Double> candidate) {

        /** The candidate's median over the baseline's, when both were measured. */
        public Optional<Double> ratio() {
            if (baseline.isEmpty() || candidate.isEmpty()) {
                return Optional.empty();
            }
            return ratio(median(baseline).orElseThrow(), median(candidate).orElseThrow());
        }

        /** The ratios of single rounds; their lowest and highest are the spread. */
        public Optional<Sample> ratiosByRound() {
            List<Double> ratios = new ArrayList<>();
            baseline.forEach((round, value) -> {
                if (candidate.containsKey(round)) {
                    ratio(value, candidate.get(round)).ifPresent(ratios::add);
                }
            });
            return ratios.isEmpty() ? Optional.empty() : Optional.of(new Sample(ratios));
        }

        private static Optional<Double> ratio(double below, double above) {
            return below == 0 ? Optional.empty() : Optional.of(above / below);
        }

        public static Optional<Double> median(Map<Integer, Double> values) {
            return values.isEmpty() ? Optional.empty() : Optional.of(new Sample(List.copyOf(values.values())).median());
        }

        /** Whether the candidate's median is better; empty when neither way is, or one was not measured. */
        public Optional<Boolean> isBetter() {
            Optional<Double> theirs = median(baseline);
            Optional<Double> ours = median(candidate);
            if (better == Figure.Better.NEITHER
                    || theirs.isEmpty()
                    || ours.isEmpty()
                    || theirs.get().equals(ours.get())) {
                return Optional.empty();
            }
            return Optional.of(better == Figure.Better.HIGHER == ours.get() > theirs.get());
        }
    }

    private record Key(String workload, String figure, String unit) {}

    /** Every figure of every workload, in the order in which they were measured first. */
    public List<Row> rows() {
        Map<Key, Row> rows = new LinkedHashMap<>();
        for (Run run : runs) {
            for (Figure figure : run.measurement().figures()) {
                Key key = new Key(run.measurement().workload(), figure.name(), figure.unit());
                Row row = rows.computeIfAbsent(
                        key,
                        absent -> new Row(
                                key.workload(),
                                key.figure(),
                                key.unit(),
                                figure.better(),
                                new TreeMap<>(),
                                new TreeMap<>()));
                (run.system().equals(baseline) ? row.baseline() : row.candidate()).put(run.round(), figure.value());
            }
        }
        return List.copyOf(rows.values());
    }

    /** The workloads, in the order in which they were measured first. */
    public List<String> workloads() {
        return runs.stream().map(run -> run.measurement().workload()).distinct().toList();
    }
}
