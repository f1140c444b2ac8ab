package dev.evalstore.tracking;

import dev.evalstore.NotFoundException;
import dev.evalstore.benchmark.EvaluationFilter;
import dev.evalstore.exchange.SubmissionReads;
import dev.evalstore.exchange.Viewer;
import dev.evalstore.internal.JsonCodec;
import dev.evalstore.internal.event.Emits;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.jdbc.TableRows;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The verbs of {@link ComparisonRepository} that only read. */
public sealed class ComparisonReads extends TableRows<StoredComparison, ComparisonFilter> permits ComparisonRepository {
    static final String WRITTEN = """
            id, name, description, unit, metric, pairing, method, options, sample_size, excluded, excluded_reasons, results,
            winner, p_value, effect, engine_version, input_hash, created_by""";

    static final Table<StoredComparison> TABLE = Table.of(
                    "comparison", "comparisons", """
                    {written}, (
                        select jsonb_agg(jsonb_build_array(
                            coalesce(m.experiment_id, m.model_version_id, m.submission_id), m.label) order by m.position)
                        from evalstore.comparison_members m where m.comparison_id = id) as members, created_at""".replace("{written}", WRITTEN), ComparisonReads::map)
            .newestFirst(StoredComparison::createdAt, StoredComparison::id)
            .audited("create", "delete")
            .emitting(Emits.<StoredComparison>as("comparison")
                    .tell("name", StoredComparison::name)
                    .tell("unit", StoredComparison::unit)
                    .tell("metric", StoredComparison::metric)
                    .tell("method", StoredComparison::method)
                    .tell("sampleSize", StoredComparison::sampleSize)
                    .tell("winner", StoredComparison::winner)
                    .tell("inputHash", StoredComparison::inputHash)
                    .tell("createdBy", StoredComparison::createdBy)
                    .on("create", "created")
                    .on("delete", "deleted"));

    private final SubmissionReads submissions;

    /** @param submissions whose case results are compared */
    ComparisonReads(Jdbc jdbc, SubmissionReads submissions) {
        super(jdbc, TABLE);
        this.submissions = submissions;
    }

    /**
     * The answers of these experiments, paired by item key; all from one snapshot, in one statement. Answers without an item
     * key are counted and left out.
     *
     * @param experiments 2 to 100, each once
     * @throws NotFoundException if one does not exist, or is deleted
     * @throws IllegalArgumentException if the metric is none of evaluations, or there are more than 10,000,000 answers
     */
    public PairedValues pairExperiments(List<UUID> experiments, ItemMetric metric, Pairing pairing) {
        return PairReads.experiments(jdbc, experiments, metric, pairing);
    }

    /**
     * The answers of these model versions, paired by item key; all from one snapshot, in one statement. Where a version has
     * several answers to an item and repeat, as from several experiments, they are averaged. Answers without an item key are
     * counted and left out.
     *
     * @param modelVersions 2 to 100, each once
     * @param filter which answers count, such as those of one dataset
     * @throws NotFoundException if one does not exist
     * @throws IllegalArgumentException if the metric is none of evaluations, or there are more than 10,000,000 answers
     */
    public PairedValues pairModelVersions(
            List<UUID> modelVersions, ItemMetric metric, Pairing pairing, EvaluationFilter filter) {
        return PairReads.modelVersions(jdbc, modelVersions, metric, pairing, filter);
    }

    /**
     * The case results of these submissions, paired by case key; all from one snapshot, in one statement. Each has one result
     * of a test case.
     *
     * @param submissions 2 to 100, each once, all of one version
     * @throws NotFoundException if one does not exist, or the viewer may not see it; the two cannot be told apart
     * @throws IllegalArgumentException if the metric is none of submissions, they are of several versions, or there are more
     *     than 10,000,000 case results
     */
    public PairedValues pairSubmissions(List<UUID> submissions, ItemMetric metric, Viewer viewer) {
        return PairReads.submissions(jdbc, this.submissions, submissions, metric, viewer);
    }

    private static List<ComparisonMember> members(String json) {
        List<ComparisonMember> members = new ArrayList<>();
        for (Object pair : JsonCodec.read(json, List.class)) {
            List<?> parts = (List<?>) pair;
            @Nullable Object id = parts.get(0);
            members.add(new ComparisonMember(
                    id == null ? null : UUID.fromString(id.toString()),
                    parts.get(1).toString()));
        }
        return members;
    }

    private static Map<String, Integer> reasons(String json) {
        Map<String, Integer> reasons = new TreeMap<>();
        Map<?, ?> document = JsonCodec.read(json, Map.class);
        document.forEach((reason, count) -> reasons.put(reason.toString(), ((Number) count).intValue()));
        return reasons;
    }

    private static StoredComparison map(Row row) throws SQLException {
        return new StoredComparison(
                row.uuid("id"),
                row.text("name"),
                row.textOrNull("description"),
                row.enumValue("unit", ComparisonUnit.class),
                row.text("metric"),
                row.enumValue("pairing", Pairing.class),
                row.text("method"),
                row.json("options"),
                row.integer("sample_size"),
                row.integer("excluded"),
                reasons(row.text("excluded_reasons")),
                row.json("results"),
                row.integerOrNull("winner"),
                row.realOrNull("p_value"),
                row.realOrNull("effect"),
                row.text("engine_version"),
                row.text("input_hash"),
                members(row.text("members")),
                row.uuidOrNull("created_by"),
                row.instant("created_at"));
    }
}
