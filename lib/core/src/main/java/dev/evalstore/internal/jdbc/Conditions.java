package dev.evalstore.internal.jdbc;

import dev.evalstore.internal.Check;
import java.time.Instant;
import java.time.LocalDate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a filter holds: the conditions that a list, a count or another statement of the repository admits rows by. Each
 * method returns a filter with one more. Immutable.
 *
 * @param <F> the filter
 */
public abstract class Conditions<F> {
    private final Sql sql;
    private final Function<Sql, F> filter;

    protected Conditions(Sql sql, Function<Sql, F> filter) {
        this.sql = sql;
        this.filter = filter;
    }

    protected final F and(String condition, Object... values) {
        return filter.apply(sql.and(condition, values));
    }

    protected final F and(Sql condition) {
        return filter.apply(sql.and(condition));
    }

    /** Adds a condition of {@link Predicates}. */
    protected final F where(Sql predicate) {
        return filter.apply(sql.and("and").and(predicate));
    }

    /** {@link #within} for times. */
    protected final F between(String fromCondition, @Nullable Instant from, String toCondition, @Nullable Instant to) {
        return within(fromCondition, Check.timeOrNull("from", from), toCondition, Check.timeOrNull("to", to));
    }

    /** {@link #within} for days. */
    protected final F between(
            String fromCondition, @Nullable LocalDate from, String toCondition, @Nullable LocalDate to) {
        return within(fromCondition, Check.dayOrNull("from", from), toCondition, Check.dayOrNull("to", to));
    }

    /** Adds a condition with a lower bound and one with an upper bound, each where its bound is given. */
    protected final F within(String fromCondition, @Nullable Object from, String toCondition, @Nullable Object to) {
        return filter.apply(sql.andIf(from != null, fromCondition, from).andIf(to != null, toCondition, to));
    }

    /** Whether the filter admits soft-deleted rows too. */
    protected boolean includesDeleted() {
        return false;
    }

    protected final Sql sql() {
        return sql;
    }
}
