package dev.evalstore.tracking;

import dev.evalstore.Cursor;
import dev.evalstore.Lists;
import dev.evalstore.Page;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Keyset;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The verbs of {@link CostRepository} that only read. */
public sealed class CostReads implements Lists<CostEntry, CostFilter> permits CostRepository {
    static final String WRITTEN = """
            id, provider, model, input_tokens, output_tokens, cost_usd, requested_at, experiment_id, evaluation_id,
            job_id, metadata""";

    static final Table<CostEntry> TABLE = Table.of(
                    "cost entry", "cost_entries", String.join(", ", WRITTEN, "created_at"), CostReads::map)
            .order(Keyset.newestFirst("cost_entries", "requested_at", "id", CostEntry::requestedAt, CostEntry::id));

    static final String TOTAL = """
            /* cost_entries.total */ select null as provider, null as model, null::uuid as experiment_id,
                null::date as day, count(*) as n,
                coalesce(sum(input_tokens), 0) as input_tokens, coalesce(sum(output_tokens), 0) as output_tokens,
                coalesce(sum(cost_usd), 0) as cost_usd
            from evalstore.cost_entries where true""";

    /** What is not asked for is the same in every row, and so divides no group. The conditions follow. */
    private static final String TOTALS = """
            /* cost_entries.totals */ select case when ? then provider end as provider,
                case when ? then model end as model,
                case when ? then experiment_id end as experiment_id,
                case when ? then (requested_at at time zone 'UTC')::date end as day, count(*) as n,
                sum(input_tokens) as input_tokens, sum(output_tokens) as output_tokens, sum(cost_usd) as cost_usd
            from evalstore.cost_entries where true""";

    private static final String GROUPED = """
            group by 1, 2, 3, 4 order by 4 desc, 8 desc, 1, 2, 3 limit ?""";

    final Jdbc jdbc;

    CostReads(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public Page<CostEntry> list(CostFilter filter, int limit, @Nullable Cursor after) {
        return TABLE.list(jdbc, filter, limit, after);
    }

    @Override
    public long count(CostFilter filter) {
        return TABLE.count(jdbc, filter);
    }

    /** All costs that the filter admits added up, in one read; zeros when it admits none. */
    public CostTotal total(CostFilter filter) {
        return jdbc.one(Sql.of(TOTAL).and(Objects.requireNonNull(filter, "filter")), CostReads::total);
    }

    /**
     * The costs that the filter admits added up by these dimensions together, in one read: a row for each provider, model,
     * experiment or day, or for each of their combinations. By days the latest comes first; within a day, and without days, the
     * greatest cost. Empty when the filter admits none.
     *
     * @param by at least one
     * @param limit 1 to 1,000
     */
    public List<CostTotal> totals(CostFilter filter, Set<CostDimension> by, int limit) {
        Objects.requireNonNull(filter, "filter");
        Set<CostDimension> dimensions = Set.copyOf(Objects.requireNonNull(by, "by"));
        if (dimensions.isEmpty()) {
            throw new IllegalArgumentException("by must have at least one dimension");
        }
        Check.limit(limit);
        Sql totals = Sql.of(
                TOTALS,
                dimensions.contains(CostDimension.PROVIDER),
                dimensions.contains(CostDimension.MODEL),
                dimensions.contains(CostDimension.EXPERIMENT),
                dimensions.contains(CostDimension.DAY));
        return jdbc.list(totals.and(filter).and(GROUPED, limit), CostReads::total);
    }

    private static CostTotal total(Row row) throws SQLException {
        return new CostTotal(
                row.textOrNull("provider"),
                row.textOrNull("model"),
                row.uuidOrNull("experiment_id"),
                row.dateOrNull("day"),
                row.bigint("n"),
                row.bigint("input_tokens"),
                row.bigint("output_tokens"),
                row.numeric("cost_usd"));
    }

    private static CostEntry map(Row row) throws SQLException {
        return new CostEntry(
                row.uuid("id"),
                row.text("provider"),
                row.text("model"),
                row.bigint("input_tokens"),
                row.bigint("output_tokens"),
                row.numeric("cost_usd"),
                row.instant("requested_at"),
                row.uuidOrNull("experiment_id"),
                row.uuidOrNull("evaluation_id"),
                row.uuidOrNull("job_id"),
                row.jsonOrNull("metadata"),
                row.instant("created_at"));
    }
}
