package dev.evalstore.matrix;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Sql;
import java.time.LocalDate;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which results to read. Conditions add up. Immutable. */
public final class ResultFilter extends Conditions<ResultFilter> {
    /** Every result. */
    public static final ResultFilter ALL = new ResultFilter(Sql.NONE);

    private ResultFilter(Sql sql) {
        super(sql, ResultFilter::new);
    }

    /** Only results of this model version. */
    public ResultFilter modelVersion(UUID only) {
        return and("and model_version_id = ?", Objects.requireNonNull(only, "modelVersion"));
    }

    /** Only results on this machine. */
    public ResultFilter hardware(UUID only) {
        return and("and hardware_config_id = ?", Objects.requireNonNull(only, "hardware"));
    }

    /** Only results by this framework version. */
    public ResultFilter framework(UUID only) {
        return and("and framework_id = ?", Objects.requireNonNull(only, "framework"));
    }

    /** Only results under this kind of requests. */
    public ResultFilter workload(String only) {
        return and("and workload_type = ?", Check.text("workload", only));
    }

    /**
     * Only results measured on {@code from} or later and before {@code to}; either may be null. Other months are not
     * read.
     */
    public ResultFilter dates(@Nullable LocalDate from, @Nullable LocalDate to) {
        return between("and benchmark_date >= ?", from, "and benchmark_date < ?", to);
    }
}
