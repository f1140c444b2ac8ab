package dev.evalstore.matrix;

import dev.evalstore.Cleanup;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.internal.UnitNames;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.UnitChanges;
import dev.evalstore.internal.schema.PartitionRetention;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Results of inference benchmarks, in one partition a month. A result is stored once and never changed. It may be dated
 * on any day from 2000 to 2100; a missing partition is made with the insert.
 *
 * <p>Lists begin with the latest day; within a day, the result stored last comes first. {@code find} and {@code get}
 * look into every month.
 */
public final class ResultRepository extends ResultReads {
    ResultRepository(Jdbc jdbc) {
        super(jdbc);
    }

    /**
     * Stores a result that no config asked for, and returns it as stored.
     *
     * @throws ConstraintViolationException with kind {@code NOT_NULL} if the catalogue lacks the model version, the
     *     machine or the framework; its constraint is the column, such as {@code model_version_id}
     */
    public BenchmarkResult record(Combination combination, NewBenchmarkResult result) {
        return new ResultCreation(jdbc).record(new Measurement(combination, result));
    }

    /**
     * Stores all of them or none. One statement with arrays; from 10,000 rows on, a binary copy.
     *
     * @return their ids, in the order given; empty for an empty list
     * @throws ConstraintViolationException as for {@link #record}
     */
    public List<UUID> recordAll(List<Measurement> measurements) {
        return new ResultCreation(jdbc).recordAll(List.copyOf(measurements));
    }

    /**
     * Sums up the results of a day, one row a model version, and replaces what was stored for that day. Concurrent
     * calls for one day run one after another. A day without results keeps the rows that it has.
     *
     * @param day the day (UTC)
     * @return the rows stored, by model version; empty when the day has no results
     */
    public List<DailyModelStats> refreshDailyStats(LocalDate day) {
        return new DailyStats(jdbc).refresh(day);
    }

    /**
     * Drops the months (UTC) that ended longer ago than the retention, each whole and at once. Configs stay completed; their
     * result is then no longer found. Daily statistics stay.
     *
     * @return how many months were dropped; one call drops them all
     */
    public Cleanup cleanup(Duration retention) {
        int dropped = PartitionRetention.dropOlderThan(
                jdbc, TABLE.name(), retention, tx -> UnitChanges.touch(tx, Set.of(UnitNames.EVERYTHING)));
        return new Cleanup(dropped, false);
    }
}
