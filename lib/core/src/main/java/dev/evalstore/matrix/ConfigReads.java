package dev.evalstore.matrix;

import dev.evalstore.ConflictException;
import dev.evalstore.NotFoundException;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.TableRows;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;

/** The verbs of {@link ConfigRepository} that only read. */
public sealed class ConfigReads extends TableRows<BenchmarkConfig, ConfigFilter> permits ConfigRepository {
    private static final String PROGRESS = """
            /* configs.progress */ with counted as (
                select count(*) as total, count(l.seq) as running, count(*) filter (where c.outcome = 'completed') as completed,
                    count(*) filter (where c.outcome = 'failed') as failed,
                    count(*) filter (where c.completed_at > statement_timestamp() - make_interval(secs => ?)) as recent,
                    greatest(1, least(?::float8,
                        extract(epoch from statement_timestamp() - min(coalesce(c.started_at, l.claimed_at))))) as seconds
                from evalstore.benchmark_configs c left join evalstore.config_leases l on l.seq = c.seq
                where c.model_version_id = ?)
            select total, total - running - completed - failed as pending, running, completed, failed,
                recent * 60 / seconds as per_minute,
                case when total > completed + failed and (total - completed - failed) * seconds <= recent * ?::float8
                    then statement_timestamp() + make_interval(secs => (total - completed - failed) * seconds / recent)
                    end as estimated_end
            from counted""";

    ConfigReads(Jdbc jdbc) {
        super(jdbc, ConfigRows.TABLE);
    }

    /**
     * Counts what {@link ConfigRepository#populate} would make, without writing.
     *
     * @throws NotFoundException as for {@link ConfigRepository#populate}
     * @throws ConflictException as for {@link ConfigRepository#populate}
     */
    public PopulateResult dryRun(MatrixSpec spec) {
        return new ConfigPopulation(jdbc).dryRun(spec);
    }

    /**
     * How far a model version's configs are.
     *
     * @param window the time, up to now, over which the rate is taken; at most 36,500 days
     */
    public ConfigProgress progress(UUID modelVersionId, Duration window) {
        Check.period("window", window);
        return jdbc.one(
                Sql.of(PROGRESS, window, window, modelVersionId, Check.MAX_PERIOD),
                row -> new ConfigProgress(
                        row.bigint("total"),
                        row.bigint("pending"),
                        row.bigint("running"),
                        row.bigint("completed"),
                        row.bigint("failed"),
                        Objects.requireNonNullElse(row.realOrNull("per_minute"), 0.0),
                        row.instantOrNull("estimated_end")));
    }
}
