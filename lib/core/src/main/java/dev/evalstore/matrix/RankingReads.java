package dev.evalstore.matrix;

import dev.evalstore.Cursor;
import dev.evalstore.Lists;
import dev.evalstore.Page;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Keyset;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Table;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The verbs of {@link RankingRepository} that only read. */
public sealed class RankingReads implements Lists<ModelRanking, RankingFilter> permits RankingRepository {
    static final Table<ModelRanking> TABLE = Table.of("model ranking", "model_rankings", """
                    id, generation, use_case_category, method, model_version_id, composite_score, rank_position,
                    score_breakdown, calculated_at, expires_at""", RankingReads::map)
            .order(Keyset.newestFirst(
                    "model_rankings", "calculated_at", "id", ModelRanking::calculatedAt, ModelRanking::id));

    private static final String OF_SET = """
            and use_case_category = ? and method = ? and expires_at > statement_timestamp()
            order by rank_position, composite_score desc, model_version_id""";

    final Jdbc jdbc;

    RankingReads(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /** The category's set, best first; empty when there is none, or when it has expired by the server's clock. */
    public List<ModelRanking> list(String category, RankingMethod method) {
        Check.text("category", category);
        Objects.requireNonNull(method, "method");
        return jdbc.list(TABLE.select("list").and(OF_SET, category, method), TABLE.mapper());
    }

    /** A page of the rankings that the filter admits, of all sets, the latest calculated first. */
    @Override
    public Page<ModelRanking> list(RankingFilter filter, int limit, @Nullable Cursor after) {
        return TABLE.list(jdbc, filter, limit, after);
    }

    @Override
    public long count(RankingFilter filter) {
        return TABLE.count(jdbc, filter);
    }

    private static ModelRanking map(Row row) throws SQLException {
        return new ModelRanking(
                row.uuid("id"),
                row.bigint("generation"),
                row.text("use_case_category"),
                row.enumValue("method", RankingMethod.class),
                row.uuid("model_version_id"),
                row.real("composite_score"),
                row.integer("rank_position"),
                row.json("score_breakdown"),
                row.instant("calculated_at"),
                row.instant("expires_at"));
    }
}
