package dev.evalstore.tracking;

import dev.evalstore.search.Clause;
import dev.evalstore.search.Condition;
import dev.evalstore.search.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a condition comes to by the rank of one metric alone: that it is a number, a NaN or missing. A search that walks the metric
 * in order leaves out the steps that could find nothing, since to plan one takes longer than to find that out.
 */
record SearchRanks(Field.Metric metric, int rank) {
    boolean mayMeet(Condition condition) {
        return !Boolean.FALSE.equals(known(condition));
    }

    /** Null where it depends on more than the rank. */
    private @Nullable Boolean known(Condition condition) {
        if (condition instanceof Condition.All all) {
            return joined(all.conditions(), false);
        }
        if (condition instanceof Condition.Any any) {
            return joined(any.conditions(), true);
        }
        if (condition instanceof Condition.Not not) {
            Boolean inner = known(not.condition());
            return inner == null ? null : !inner;
        }
        Clause clause = (Clause) condition;
        return clause.field().equals(metric) ? ofClause(clause) : null;
    }

    /** Of an {@code or}, one that is met decides; of an {@code and}, one that is not. */
    private @Nullable Boolean joined(List<Condition> conditions, boolean decisive) {
        boolean isKnown = true;
        for (Condition condition : conditions) {
            Boolean known = known(condition);
            if (known == null) {
                isKnown = false;
            } else if (known == decisive) {
                return decisive;
            }
        }
        return isKnown ? !decisive : null;
    }

    private @Nullable Boolean ofClause(Clause clause) {
        if (clause instanceof Clause.IsNull isNull) {
            return (rank == SearchKey.RANK_MISSING) != isNull.negated();
        }
        if (rank == SearchKey.RANK_MISSING) {
            return false;
        }
        if (clause instanceof Clause.IsNan isNan) {
            return (rank == SearchKey.RANK_NAN) != isNan.negated();
        }
        boolean isAnyValue = clause instanceof Clause.In in && in.literals().isEmpty();
        return rank == SearchKey.RANK_NAN && !isAnyValue ? Boolean.FALSE : null;
    }
}
