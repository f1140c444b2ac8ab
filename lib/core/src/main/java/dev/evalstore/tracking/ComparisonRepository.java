package dev.evalstore.tracking;

import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Json;
import dev.evalstore.JsonMapping;
import dev.evalstore.NotFoundException;
import dev.evalstore.benchmark.EvaluationFilter;
import dev.evalstore.exchange.Exchange;
import dev.evalstore.exchange.Viewer;
import dev.evalstore.internal.JsonCodec;
import dev.evalstore.internal.Uuids;
import dev.evalstore.internal.event.Emits;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.jdbc.TableRows;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Comparisons of experiments, model versions or submissions: what they are computed from, and what they came to. The library
 * pairs answers; it does not test. A stored comparison never changes: computed again, it is stored again. One with the same
 * {@code inputHash} and options came from the same rows.
 *
 * <p>A member that is removed leaves its label. Reads of stored comparisons take no {@link Viewer}: one over private
 * submissions is for the platform to show or not.
 */
public final class ComparisonRepository extends TableRows<StoredComparison, ComparisonFilter> {
    private static final String WRITTEN = """
            id, name, description, unit, metric, pairing, method, options, sample_size, excluded, excluded_reasons, results,
            winner, p_value, effect, engine_version, input_hash, created_by""";

    static final Table<StoredComparison> TABLE = Table.of(
                    "comparison", "comparisons", """
                    {written}, (
                        select jsonb_agg(jsonb_build_array(
                            coalesce(m.experiment_id, m.model_version_id, m.submission_id), m.label) order by m.position)
                        from evalstore.comparison_members m where m.comparison_id = id) as members, created_at""".replace("{written}", WRITTEN), ComparisonRepository::map)
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

    /** One statement, at the end of which a winner that is no member is refused. */
    private static final String CREATE = """
            /* comparisons.create */ with made as (
                insert into evalstore.comparisons ({written})
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                returning {written}, created_at),
            members as (
                insert into evalstore.comparison_members (comparison_id, position, unit, label, experiment_id,
                    model_version_id, submission_id)
                select made.id, (g.place - 1)::int, made.unit, g.label,
                    case when made.unit = 'experiment' then g.member end,
                    case when made.unit = 'model_version' then g.member end,
                    case when made.unit = 'submission' then g.member end
                from made cross join unnest(?::uuid[], ?::text[]) with ordinality as g (member, label, place)
                returning position, label, coalesce(experiment_id, model_version_id, submission_id) as member)
            select {written}, created_at,
                (select jsonb_agg(jsonb_build_array(m.member, m.label) order by m.position) from members m) as members
            from made""".replace("{written}", WRITTEN);

    /**
     * In a statement of their own, against whoever would remove them meanwhile. No stronger: whoever removes the creator writes
     * experiments and submissions, and each could wait for the other.
     */
    private static final String LOCK_EXPERIMENTS = """
            /* experiments.lock_compared */ select id from evalstore.experiments
            where id = any (?) and deleted_at is null order by id for key share""";

    private static final String LOCK_MODEL_VERSIONS = """
            /* model_versions.lock_compared */ select id from evalstore.model_versions
            where id = any (?) order by id for key share""";

    private static final String LOCK_SUBMISSIONS = """
            /* submissions.lock_compared */ select id from evalstore.submissions
            where id = any (?) and deleted_at is null order by id for key share""";

    private final Exchange exchange;

    ComparisonRepository(Jdbc jdbc, Exchange exchange) {
        super(jdbc, TABLE);
        this.exchange = exchange;
    }

    /**
     * Stores what a comparison came to, with its members, and returns it as stored: one commit, or nothing at all.
     *
     * @throws NotFoundException if a member does not exist, or is deleted
     * @throws ConstraintViolationException if its creator does not exist ({@code comparisons_created_by_fk})
     */
    public StoredComparison create(NewComparison comparison) {
        Objects.requireNonNull(comparison, "comparison");
        ComparisonUnit unit = comparison.setup().unit();
        List<UUID> ids = comparison.members().stream()
                .map(member -> Objects.requireNonNull(member.id()))
                .toList();
        return jdbc.atomically(tx -> {
            Set<UUID> found =
                    new HashSet<>(tx.returning(Sql.of(lock(unit), SqlArray.uuids(ids)), row -> row.uuid("id")));
            PairReads.requireAll(unit, ids, found);
            return TABLE.createIf(tx, insert(comparison, ids)).orElseThrow();
        });
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
        return PairReads.submissions(jdbc, exchange.submissions(), submissions, metric, viewer);
    }

    /** Deletes the comparison; false when none has the id. */
    public boolean delete(UUID id) {
        return TABLE.delete(jdbc, Objects.requireNonNull(id, "id"));
    }

    private static String lock(ComparisonUnit unit) {
        return switch (unit) {
            case EXPERIMENT -> LOCK_EXPERIMENTS;
            case MODEL_VERSION -> LOCK_MODEL_VERSIONS;
            case SUBMISSION -> LOCK_SUBMISSIONS;
        };
    }

    private static Sql insert(NewComparison comparison, List<UUID> ids) {
        NewComparison.Setup setup = comparison.setup();
        NewComparison.Outcome outcome = comparison.outcome();
        int excluded =
                outcome.excluded().values().stream().mapToInt(Integer::intValue).sum();
        return Sql.of(
                CREATE,
                Uuids.next(),
                comparison.name(),
                comparison.description(),
                setup.unit(),
                setup.metric(),
                setup.pairing(),
                setup.method(),
                setup.options(),
                outcome.sampleSize(),
                excluded,
                Json.of(outcome.excluded(), JsonMapping.builtIn()),
                outcome.results(),
                outcome.winner(),
                outcome.pValue(),
                outcome.effect(),
                comparison.provenance().engineVersion(),
                comparison.provenance().inputHash(),
                comparison.createdBy(),
                SqlArray.uuids(ids),
                SqlArray.texts(comparison.members(), ComparisonMember::label));
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
