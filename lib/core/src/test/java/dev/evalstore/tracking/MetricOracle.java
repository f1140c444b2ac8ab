package dev.evalstore.tracking;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** What metrics come to, in memory: every distinct point that was logged, and a summary that is computed from all of them. */
final class MetricOracle {
    private final Map<String, TreeSet<MetricPoint>> points = new TreeMap<>();

    void log(String name, MetricPoint point) {
        points.computeIfAbsent(name, n -> new TreeSet<>(MetricOracle::compare)).add(point);
    }

    private static int compare(MetricPoint a, MetricPoint b) {
        int byStep = Long.compare(a.step(), b.step());
        int byTime = byStep != 0 ? byStep : a.at().compareTo(b.at());
        return byTime != 0 ? byTime : Double.compare(a.value(), b.value());
    }

    List<MetricPoint> points(String name) {
        return new ArrayList<>(points.getOrDefault(name, new TreeSet<>(MetricOracle::compare)));
    }

    Map<String, MetricSummary> summaries() {
        Map<String, MetricSummary> summaries = new TreeMap<>();
        points.forEach((name, all) -> {
            MetricPoint last = all.last();
            List<Double> numbers = all.stream()
                    .map(MetricPoint::value)
                    .filter(value -> !value.isNaN())
                    .map(value -> value + 0.0)
                    .sorted()
                    .toList();
            summaries.put(
                    name,
                    new MetricSummary(
                            last.value(),
                            last.step(),
                            last.at(),
                            numbers.isEmpty() ? null : numbers.get(0),
                            numbers.isEmpty() ? null : numbers.get(numbers.size() - 1),
                            all.size()));
        });
        return summaries;
    }
}
