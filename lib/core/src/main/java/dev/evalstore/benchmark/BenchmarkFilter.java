package dev.evalstore.benchmark;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Sql;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Which runs to list. Conditions add up. Immutable. */
public final class BenchmarkFilter extends Conditions<BenchmarkFilter> {
    /** Every run. */
    public static final BenchmarkFilter ALL = new BenchmarkFilter(Sql.NONE);

    private BenchmarkFilter(Sql sql) {
        super(sql, BenchmarkFilter::new);
    }

    /** Only runs in this status. */
    public BenchmarkFilter status(BenchmarkStatus status) {
        return and("and status = ?", Objects.requireNonNull(status, "status"));
    }

    /** Only runs of a model of this provider. */
    public BenchmarkFilter provider(String provider) {
        return and("and provider = ?", Check.text("provider", provider));
    }

    /** Only runs of this model. */
    public BenchmarkFilter model(String model) {
        return and("and model = ?", Check.text("model", model));
    }

    /** Only runs on this dataset. */
    public BenchmarkFilter dataset(String dataset) {
        return and("and dataset = ?", Check.text("dataset", dataset));
    }

    /** Only runs that were created at {@code from} or later, and before {@code to}; either may be null. */
    public BenchmarkFilter created(@Nullable Instant from, @Nullable Instant to) {
        return between("and created_at >= ?", from, "and created_at < ?", to);
    }
}
