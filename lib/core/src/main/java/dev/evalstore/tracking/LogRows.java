package dev.evalstore.tracking;

import dev.evalstore.Json;
import dev.evalstore.JsonMapping;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a batch stores.
 *
 * @param metrics by name; the points of each in order, none of them twice
 */
record LogRows(List<Metric> metrics, Map<String, ParamValue> params, Map<String, String> tags, boolean overwrites) {
    /** The order of a metric's points. To the key of the table, the two zeros are one. */
    private static final Comparator<MetricPoint> ORDER = Comparator.comparingLong(MetricPoint::step)
            .thenComparing(MetricPoint::at)
            .thenComparing((a, b) -> a.value() == b.value() ? 0 : Double.compare(a.value(), b.value()));

    /** Points of one metric, at least one. */
    record Metric(String name, List<MetricPoint> points) {
        MetricPoint last() {
            return points.get(points.size() - 1);
        }

        /** The smallest value that is a number. Of zeros it is 0.0, or it would depend on which of them a batch brought. */
        @Nullable
        Double min() {
            return bound(-1);
        }

        /** The greatest value that is a number; of zeros 0.0. */
        @Nullable
        Double max() {
            return bound(1);
        }

        private @Nullable Double bound(int sign) {
            Double bound = null;
            for (MetricPoint point : points) {
                double value = point.value() + 0.0;
                if (!Double.isNaN(value) && (bound == null || Double.compare(value, bound) * sign > 0)) {
                    bound = value;
                }
            }
            return bound;
        }
    }

    /**
     * @throws IllegalArgumentException if a param is there with two values, and the batch does not overwrite; or there are more
     *     params or tags than an experiment may have
     */
    static LogRows of(LogBatch batch) {
        Map<String, List<MetricPoint>> points = new TreeMap<>();
        Map<String, ParamValue> params = new LinkedHashMap<>();
        Map<String, String> tags = new LinkedHashMap<>();
        for (LogBatch.Item item : batch.items()) {
            if (item instanceof LogBatch.Points given) {
                points.computeIfAbsent(given.name(), name -> new ArrayList<>()).addAll(given.points());
            } else if (item instanceof LogBatch.Param given) {
                ParamValue other = params.put(given.name(), given.value());
                if (other != null && !other.equals(given.value()) && !batch.overwrites()) {
                    throw new IllegalArgumentException("params must have each name with one value");
                }
            } else if (item instanceof LogBatch.Tag given) {
                tags.put(given.name(), given.value());
            }
        }
        ExperimentRules.checkSize("params", params);
        ExperimentRules.checkSize("tags", tags);
        List<Metric> metrics = new ArrayList<>();
        points.forEach((name, given) -> metrics.add(new Metric(name, distinct(given))));
        return new LogRows(metrics, params, tags, batch.overwrites());
    }

    /** What an experiment is created with. */
    static LogRows ofParams(Map<String, ParamValue> params) {
        return new LogRows(List.of(), params, Map.of(), false);
    }

    private static List<MetricPoint> distinct(List<MetricPoint> given) {
        given.sort(ORDER);
        List<MetricPoint> distinct = new ArrayList<>(given.size());
        for (MetricPoint point : given) {
            if (distinct.isEmpty() || ORDER.compare(distinct.get(distinct.size() - 1), point) != 0) {
                distinct.add(point);
            }
        }
        return distinct;
    }

    boolean isEmpty() {
        return metrics.isEmpty() && params.isEmpty() && tags.isEmpty();
    }

    Collection<String> metricNames() {
        return metrics.stream().map(Metric::name).toList();
    }

    private long points() {
        return metrics.stream().mapToLong(metric -> metric.points().size()).sum();
    }

    /** How much it is, for the audit log. */
    Json size() {
        return Json.of(Map.of("points", points(), "params", params.size(), "tags", tags.size()), JsonMapping.builtIn());
    }

    Json tagsAsJson() {
        return ExperimentRules.tagsJson(tags);
    }

    /** Parts of at most so many points; params and tags are in the first one. At least one part. */
    List<LogRows> parts(int max) {
        List<LogRows> parts = new ArrayList<>();
        List<Metric> part = new ArrayList<>();
        int room = max;
        for (Metric metric : metrics) {
            List<MetricPoint> left = metric.points();
            while (!left.isEmpty()) {
                int taken = Math.min(room, left.size());
                part.add(new Metric(metric.name(), left.subList(0, taken)));
                left = left.subList(taken, left.size());
                room -= taken;
                if (room == 0) {
                    parts.add(part(part, parts.isEmpty()));
                    part = new ArrayList<>();
                    room = max;
                }
            }
        }
        if (!part.isEmpty() || parts.isEmpty()) {
            parts.add(part(part, parts.isEmpty()));
        }
        return parts;
    }

    private LogRows part(List<Metric> some, boolean isFirst) {
        return new LogRows(some, isFirst ? params : Map.of(), isFirst ? tags : Map.of(), overwrites);
    }
}
