package dev.evalstore.benchmark;

import dev.evalstore.Cursor;
import dev.evalstore.Page;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Keyset;
import dev.evalstore.internal.jdbc.NullsLast;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import java.math.BigDecimal;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Lists evaluations in each {@link EvaluationOrder}. */
final class EvaluationOrders {
    private final Table<Evaluation> table;
    private final Keyset<Evaluation> oldest =
            Keyset.oldestFirst("evaluations.oldest", Evaluation::createdAt, Evaluation::id);
    private final Map<EvaluationOrder, NullsLast<Evaluation>> byValue = new EnumMap<>(EvaluationOrder.class);

    EvaluationOrders(Table<Evaluation> table) {
        this.table = table;
        both(EvaluationOrder.HIGHEST_SCORE, EvaluationOrder.LOWEST_SCORE, "score", Evaluation::score, real("score"));
        both(EvaluationOrder.SLOWEST, EvaluationOrder.FASTEST, "latency_ms", Evaluation::latencyMs, Integer::parseInt);
        both(
                EvaluationOrder.DEAREST,
                EvaluationOrder.CHEAPEST,
                "cost_usd",
                Evaluation::costUsd,
                text -> Check.usd("cursor", new BigDecimal(text)));
        both(EvaluationOrder.BEST_RATED, EvaluationOrder.WORST_RATED, "rating", Evaluation::rating, real("rating"));
    }

    private void both(
            EvaluationOrder down,
            EvaluationOrder up,
            String column,
            Function<Evaluation, @Nullable Object> value,
            Function<String, Object> parsed) {
        byValue.put(down, NullsLast.of(table, column, true, value, Evaluation::id, parsed));
        byValue.put(up, NullsLast.of(table, column, false, value, Evaluation::id, parsed));
    }

    /** The driver sends the bits, so the text must be what is read back as the same. */
    private static Function<String, Object> real(String field) {
        return text -> {
            Double value = Double.valueOf(text);
            Check.figureOrNull(field, value);
            return value;
        };
    }

    Page<Evaluation> list(
            Jdbc jdbc, EvaluationFilter filter, EvaluationOrder order, int limit, @Nullable Cursor after) {
        Objects.requireNonNull(filter, "filter");
        return switch (Objects.requireNonNull(order, "order")) {
            case NEWEST -> table.list(jdbc, filter, limit, after);
            case OLDEST -> oldest.read(jdbc, table.select("list_oldest").and(filter), table.mapper(), limit, after);
            default -> byValue(order).read(jdbc, filter, limit, after);
        };
    }

    /** At most so many rows in the same order, in one statement. */
    Sql stream(EvaluationFilter filter, EvaluationOrder order, long maximum) {
        Objects.requireNonNull(filter, "filter");
        String by = switch (Objects.requireNonNull(order, "order")) {
            case NEWEST -> "order by created_at desc, id desc";
            case OLDEST -> "order by created_at, id";
            default -> byValue(order).orderBy();
        };
        return table.select("stream_in_order").and(filter).and(by + " limit ?", Check.notNegative("maximum", maximum));
    }

    /** An order by a column that may be empty. */
    NullsLast<Evaluation> byValue(EvaluationOrder order) {
        return Objects.requireNonNull(byValue.get(order));
    }
}
