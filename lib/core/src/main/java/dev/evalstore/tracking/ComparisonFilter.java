package dev.evalstore.tracking;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Sql;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which comparisons to list. Conditions add up. Immutable. */
public final class ComparisonFilter extends Conditions<ComparisonFilter> {
    /** Every comparison. */
    public static final ComparisonFilter ALL = new ComparisonFilter(Sql.NONE);

    private static final String OF_EXPERIMENT = """
            and id in (select m.comparison_id from evalstore.comparison_members m where m.experiment_id = ?)""";

    private static final String OF_MODEL_VERSION = """
            and id in (select m.comparison_id from evalstore.comparison_members m where m.model_version_id = ?)""";

    private static final String OF_SUBMISSION = """
            and id in (select m.comparison_id from evalstore.comparison_members m where m.submission_id = ?)""";

    private ComparisonFilter(Sql sql) {
        super(sql, ComparisonFilter::new);
    }

    /** Only comparisons of exactly this name. */
    public ComparisonFilter name(String name) {
        return and("and name = ?", Check.text("name", name));
    }

    /** Only comparisons of this unit. */
    public ComparisonFilter unit(ComparisonUnit unit) {
        return and("and unit = ?", Objects.requireNonNull(unit, "unit"));
    }

    /** Only comparisons by this metric. */
    public ComparisonFilter metric(String metric) {
        return and("and metric = ?", Check.text("metric", metric));
    }

    /** Only comparisons that have this experiment as a member. */
    public ComparisonFilter experiment(UUID id) {
        return and(OF_EXPERIMENT, Objects.requireNonNull(id, "experiment"));
    }

    /** Only comparisons that have this model version as a member. */
    public ComparisonFilter modelVersion(UUID id) {
        return and(OF_MODEL_VERSION, Objects.requireNonNull(id, "modelVersion"));
    }

    /** Only comparisons that have this submission as a member. */
    public ComparisonFilter submission(UUID id) {
        return and(OF_SUBMISSION, Objects.requireNonNull(id, "submission"));
    }

    /** Only comparisons that were computed from the rows of this hash, 64 lower-case hexadecimal digits. */
    public ComparisonFilter inputHash(String hash) {
        ComparisonRules.inputHash(hash);
        return and("and input_hash = ?", hash);
    }

    /** Only comparisons that have a winner, or only others. */
    public ComparisonFilter decided(boolean decided) {
        return and(decided ? "and winner is not null" : "and winner is null");
    }

    /** Only comparisons of this user. */
    public ComparisonFilter createdBy(UUID user) {
        return and("and created_by = ?", Objects.requireNonNull(user, "createdBy"));
    }

    /** Only comparisons that were stored at {@code from} or later, and before {@code to}; either may be null. */
    public ComparisonFilter created(@Nullable Instant from, @Nullable Instant to) {
        return between("and created_at >= ?", from, "and created_at < ?", to);
    }
}
