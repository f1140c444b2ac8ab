package dev.evalstore.exchange;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Sql;
import java.util.Objects;
import java.util.UUID;

/** Which test cases of a version to list. Conditions add up. Immutable. */
public final class TestCaseFilter extends Conditions<TestCaseFilter> {
    private TestCaseFilter(Sql sql) {
        super(sql, TestCaseFilter::new);
    }

    /** Every test case of the version. */
    public static TestCaseFilter version(UUID versionId) {
        return new TestCaseFilter(Sql.of("and version_id = ?", Objects.requireNonNull(versionId, "versionId")));
    }

    /** Only cases of this difficulty. */
    public TestCaseFilter difficulty(Difficulty difficulty) {
        return and("and difficulty = ?", Objects.requireNonNull(difficulty, "difficulty"));
    }

    /** Only cases with this tag. */
    public TestCaseFilter tag(String tag) {
        return and("and tags @> array[?::text]", Check.text("tag", tag));
    }
}
