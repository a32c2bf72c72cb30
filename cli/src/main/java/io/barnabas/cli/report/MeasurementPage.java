package io.barnabas.cli.report;

import io.barnabas.cli.rules.bench.Curve;
import io.barnabas.cli.rules.bench.Measurement;
import io.barnabas.cli.rules.bench.Series;
import java.util.ArrayList;
import java.util.List;

/** A page about one measurement. */
public final class MeasurementPage {

    private MeasurementPage() {}

    public static String of(Measurement measurement) {
        StringBuilder body = new StringBuilder();
        body.append(Html.table(
                List.of("setting", "value"),
                2,
                measurement.settings().entrySet().stream()
                        .map(setting -> List.of(setting.getKey(), setting.getValue()))
                        .toList()));
        body.append(Html.table(
                List.of("figure", "unit", "value"),
                2,
                measurement.figures().stream()
                        .map(figure -> List.of(figure.name(), figure.unit(), Numbers.text(figure.value())))
                        .toList()));
        List<Charts.Drawn<Curve>> curves = new ArrayList<>();
        for (Curve curve : measurement.curves()) {
            curves.add(new Charts.Drawn<>(curve.name(), curves.size(), curve));
        }
        body.append(Charts.curves("Latency by percentile", curves));
        for (Series series : measurement.series()) {
            body.append(Charts.series(series.name(), List.of(new Charts.Drawn<>(series.name(), 0, series))));
        }
        return Html.page("Barnabas bench: " + measurement.workload(), body.toString());
    }
}
