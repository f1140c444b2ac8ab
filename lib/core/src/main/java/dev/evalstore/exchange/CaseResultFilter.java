package dev.evalstore.exchange;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Sql;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Which case results of a submission to list. Conditions add up. Immutable. */
public final class CaseResultFilter extends Conditions<CaseResultFilter> {
    /** Every case result. */
    public static final CaseResultFilter ALL = new CaseResultFilter(Sql.NONE);

    private CaseResultFilter(Sql sql) {
        super(sql, CaseResultFilter::new);
    }

    /** Only cases that passed, or only cases that failed. */
    public CaseResultFilter passed(boolean passed) {
        return and(passed ? "and r.passed" : "and not r.passed");
    }

    /** Only scores from {@code min} to {@code max}, both included; either may be null. */
    public CaseResultFilter score(@Nullable Double min, @Nullable Double max) {
        Check.finiteOrNull("minScore", min);
        Check.finiteOrNull("maxScore", max);
        return within("and r.score >= ?", min, "and r.score <= ?", max);
    }

    /** Only cases with this kind of error, exactly as it was submitted. */
    public CaseResultFilter errorKind(String kind) {
        return and("and r.error_kind = ?", Check.text("kind", kind));
    }

    /** Only cases of this difficulty. */
    public CaseResultFilter difficulty(Difficulty difficulty) {
        return and("and t.difficulty = ?", Objects.requireNonNull(difficulty, "difficulty"));
    }

    /** Only cases with this tag. */
    public CaseResultFilter tag(String tag) {
        return and("and t.tags @> array[?::text]", Check.text("tag", tag));
    }
}
