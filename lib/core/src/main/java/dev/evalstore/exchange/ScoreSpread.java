package dev.evalstore.exchange;

import dev.evalstore.internal.jdbc.Mean;
import dev.evalstore.internal.jdbc.Row;
import java.sql.SQLException;

/** How the scores of submissions, under the alias {@code s}, are spread: as the server computes it, and as it is read. */
final class ScoreSpread {
    /** Squares of floating scores could be beyond their range. */
    static final String COLUMNS = """
            count(*) as scores_count, min(s.aggregate_score) as scores_min, max(s.aggregate_score) as scores_max,
                {mean} as scores_mean,
                percentile_cont(0.5) within group (order by s.aggregate_score) as scores_median,
                percentile_cont(0.75) within group (order by s.aggregate_score) as scores_p75,
                percentile_cont(0.95) within group (order by s.aggregate_score) as scores_p95,
                round(stddev_samp(s.aggregate_score::numeric), 307)::float8 as scores_stddev""".replace("{mean}", Mean.of("s.aggregate_score"));

    private ScoreSpread() {}

    static ScoreSummary map(Row row) throws SQLException {
        return new ScoreSummary(
                row.bigint("scores_count"),
                row.realOrNull("scores_min"),
                row.realOrNull("scores_max"),
                row.realOrNull("scores_mean"),
                row.realOrNull("scores_median"),
                row.realOrNull("scores_p75"),
                row.realOrNull("scores_p95"),
                row.realOrNull("scores_stddev"));
    }
}
