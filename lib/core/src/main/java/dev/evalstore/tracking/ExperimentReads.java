package dev.evalstore.tracking;

import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.jdbc.TableRows;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/** The verbs of {@link ExperimentRepository} that only read. */
public sealed class ExperimentReads extends TableRows<Experiment, ExperimentFilter> permits ExperimentRepository {
    static final Table<Experiment> TABLE = ExperimentRows.TABLE;

    private static final String BY_NAME = """
            and project = (select p.id from evalstore.projects p where p.name = ?) and name = ?
            order by created_at desc, id desc limit 1""";

    ExperimentReads(Jdbc jdbc) {
        super(jdbc, TABLE);
    }

    /** The experiment with the id; empty where there is none, or it is deleted. */
    @Override
    public Optional<Experiment> find(UUID id) {
        return jdbc.find(TABLE.select("find").and("and id = ?", Objects.requireNonNull(id, "id")), TABLE.mapper());
    }

    /**
     * The experiment with the id.
     *
     * @throws NotFoundException if there is none, or it is deleted
     */
    @Override
    public Experiment get(UUID id) {
        return find(id).orElseThrow(() -> TABLE.notFound(id));
    }

    /** Of the experiments of exactly this name in the project the newest, also an archived one; empty where there is none. */
    public Optional<Experiment> findByName(String project, String name) {
        Check.text("project", project);
        Check.text("name", name);
        return jdbc.find(TABLE.select("find_by_name").and(BY_NAME, project, name), TABLE.mapper());
    }

    /** The metrics of an experiment, by name; empty also for one that is unknown or deleted. */
    public Map<String, MetricSummary> metrics(UUID id) {
        return MetricReads.metrics(jdbc, id);
    }

    /**
     * Hands the points of a metric to the consumer, by step, then by time, then by value, all from one snapshot. At most a
     * thousand are in memory at a time, and one connection is held until the end. An exception of the consumer ends the reading
     * and is thrown on. Nothing is handed over for an unknown experiment or metric.
     */
    public void history(UUID id, String metric, StepRange range, Consumer<? super MetricPoint> consumer) {
        MetricReads.stream(jdbc, id, metric, range, consumer);
    }

    /**
     * The course of a metric in at most so many of its points, for a chart; by step, then by time, then by value. All points
     * where they are not more. Otherwise the steps from the first to the last are cut into {@code maxPoints / 4} parts of equal
     * width, and of each part there are the first point, the last, the smallest and the greatest. Where all points have
     * one step, times are cut instead of steps. So a peak of a single step is never lost. NaN is no extreme. Empty for an unknown
     * experiment or metric.
     *
     * <p>This is M4 (Jugel, Jerzak, Hackenbroich, Markl: "M4: A Visualization-Oriented Time Series Data Aggregation", PVLDB
     * 7 (10), 2014): a line through these points looks the same as one through all, in a chart as many pixels wide as there are
     * parts.
     *
     * @param maxPoints 4 to 10,000
     */
    public List<MetricPoint> history(UUID id, String metric, int maxPoints) {
        return MetricReads.reduced(jdbc, id, metric, maxPoints);
    }

    /**
     * The params and metrics in which experiments differ, read in one snapshot. Params are compared by text and by what they
     * were logged as, metrics by their last values. To lack one is a difference.
     *
     * @param ids 2 to 100 experiments; of a repeated one the first counts
     * @throws NotFoundException if one of them is unknown or deleted
     */
    public ExperimentDifferences compare(Collection<UUID> ids) {
        return Differences.of(jdbc, ids);
    }

    /**
     * One page of the experiments that the query asks for, in one statement: of each, what the query selects. Deleted ones are
     * not among them, archived ones are. Paging is by keyset, so experiments that are created meanwhile make no other be
     * repeated or skipped; one whose keys change meanwhile may be. Empty where nothing is found.
     *
     * @throws IllegalArgumentException if the cursor is not one of the same condition, project and order
     */
    public Page<ExperimentRow> search(ExperimentQuery query) {
        return Searches.page(jdbc, Objects.requireNonNull(query, "query"));
    }

    /** How the server runs the search: the plan with its times, of a run whose rows are not read. For people, and no two servers have the same. */
    public String explain(ExperimentQuery query) {
        return Searches.explain(jdbc, Objects.requireNonNull(query, "query"));
    }
}
