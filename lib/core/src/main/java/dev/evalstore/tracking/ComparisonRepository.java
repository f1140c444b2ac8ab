package dev.evalstore.tracking;

import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Json;
import dev.evalstore.JsonMapping;
import dev.evalstore.NotFoundException;
import dev.evalstore.exchange.SubmissionReads;
import dev.evalstore.exchange.Viewer;
import dev.evalstore.internal.Uuids;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/**
 * Comparisons of experiments, model versions or submissions: what they are computed from, and what they came to. The library
 * pairs answers; it does not test. A stored comparison never changes: computed again, it is stored again. One with the same
 * {@code inputHash} and options came from the same rows.
 *
 * <p>A member that is removed leaves its label. Reads of stored comparisons take no {@link Viewer}: one over private
 * submissions is for the platform to show or not.
 */
public final class ComparisonRepository extends ComparisonReads {
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

    ComparisonRepository(Jdbc jdbc, SubmissionReads submissions) {
        super(jdbc, submissions);
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
}
