package dev.evalstore.matrix;

import dev.evalstore.ConstraintViolationException;
import dev.evalstore.internal.UnitNames;
import dev.evalstore.internal.Uuids;
import dev.evalstore.internal.jdbc.BinaryCopy;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.RowMapper;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.jdbc.UnitChanges;
import dev.evalstore.internal.jdbc.UnknownOutcome;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Stores results that no config asked for. */
final class ResultCreation {
    /** From here on a binary copy is faster than one statement with arrays. */
    private static final int COPY_FROM = 10_000;

    /** An id that the catalogue lacks becomes null here, which its column refuses: no lock, and no second statement. */
    private static final String INSERT = ResultRows.text("""
            /* benchmark_results.record */ with touched as (
                insert into evalstore.unit_changes (unit) select unnest(?::text[]))
            insert into evalstore.benchmark_results ({written})
            select u.id, coalesce(u.day, (statement_timestamp() at time zone 'UTC')::date), null, m.id, h.id, f.id,
                u.workload_type, u.batch_size, u.sequence_length, {measured}
            from unnest(?::uuid[], ?::uuid[], ?::uuid[], ?::uuid[], ?::text[], ?::int[], ?::int[], {measured_arrays})
                as u (id, model_version_id, hardware_config_id, framework_id, workload_type, batch_size,
                    sequence_length, day, {measured})
            left join evalstore.model_versions m on m.id = u.model_version_id
            left join evalstore.hardware_configs h on h.id = u.hardware_config_id
            left join evalstore.inference_frameworks f on f.id = u.framework_id""");

    private static final String RETURNING = ResultReads.TABLE.text("returning {columns}");

    private static final String COPY = ResultRows.text("""
            /* benchmark_results.copy */ copy evalstore.benchmark_results ({written}) from stdin (format binary)""");

    private static final int COPY_COLUMNS = ResultRows.WRITTEN.split(",").length;

    private static final String TODAY = """
            /* benchmark_results.today */ select (statement_timestamp() at time zone 'UTC')::date as today""";

    /** The first column with an id that the catalogue lacks. */
    private static final String FIND_UNKNOWN = """
            /* benchmark_results.find_unknown */ select name
            from (select case
                when exists (select from unnest(?::uuid[]) i
                    where not exists (select from evalstore.model_versions m where m.id = i)) then 'model_version_id'
                when exists (select from unnest(?::uuid[]) i
                    where not exists (select from evalstore.hardware_configs h where h.id = i))
                    then 'hardware_config_id'
                when exists (select from unnest(?::uuid[]) i
                    where not exists (select from evalstore.inference_frameworks f where f.id = i)) then 'framework_id'
                end as name) unknown
            where name is not null""";

    private final Jdbc jdbc;

    ResultCreation(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    BenchmarkResult record(Measurement measurement) {
        UUID id = Uuids.next();
        Sql insert = insert(List.of(id), List.of(measurement)).and(RETURNING);
        LocalDate day = measurement.result().benchmarkDate();
        BenchmarkResult stored = ResultRows.inMonths(jdbc, List.of(measurement.result()), () -> send(insert, id, day));
        UnitChanges.touched(jdbc, units(List.of(measurement)));
        return stored;
    }

    /**
     * Repeats a lost insert only where the day is given: the key holds it, and the server's today may be another by
     * then.
     */
    private BenchmarkResult send(Sql insert, UUID id, @Nullable LocalDate day) {
        RowMapper<BenchmarkResult> mapper = ResultReads.TABLE.mapper();
        if (day == null) {
            return jdbc.change(insert, mapper).orElseThrow();
        }
        Sql again = ResultReads.TABLE.select("find").and("and id = ? and benchmark_date = ?", id, day);
        return UnknownOutcome.insert(jdbc, insert, mapper, again);
    }

    List<UUID> recordAll(List<Measurement> rows) {
        List<UUID> ids = Stream.generate(Uuids::next).limit(rows.size()).toList();
        if (rows.isEmpty()) {
            return ids;
        }
        List<NewBenchmarkResult> results = results(rows);
        if (rows.size() < COPY_FROM) {
            ResultRows.inMonths(jdbc, results, () -> jdbc.update(insert(ids, rows)));
            UnitChanges.touched(jdbc, units(rows));
        } else {
            requireKnown(rows);
            LocalDate today = jdbc.one(Sql.of(TODAY), row -> row.date("today"));
            ResultRows.inMonths(
                    jdbc,
                    results,
                    () -> jdbc.atomically(tx -> {
                        UnitChanges.touch(tx, units(rows));
                        return tx.copyIn(COPY, out -> copy(out, ids, rows, today));
                    }));
        }
        return ids;
    }

    private static Sql insert(List<UUID> ids, List<Measurement> rows) {
        return Sql.of(
                        INSERT,
                        SqlArray.texts(units(rows)),
                        SqlArray.uuids(ids),
                        SqlArray.uuids(rows, row -> row.combination().modelVersionId()),
                        SqlArray.uuids(rows, row -> row.combination().hardwareConfigId()),
                        SqlArray.uuids(rows, row -> row.combination().frameworkId()),
                        SqlArray.texts(rows, row -> row.combination().workloadType()),
                        SqlArray.ints(rows, row -> row.combination().batchSize()),
                        SqlArray.ints(rows, row -> row.combination().sequenceLength()))
                .and(ResultRows.measured(results(rows)));
    }

    /** The cached reads that show such results. */
    private static Set<String> units(List<Measurement> rows) {
        Set<String> units = new TreeSet<>();
        for (Measurement row : rows) {
            Combination of = row.combination();
            units.add(UnitNames.results(of.modelVersionId(), of.hardwareConfigId()));
            units.add(UnitNames.metrics(of.modelVersionId()));
        }
        return units;
    }

    private static List<NewBenchmarkResult> results(List<Measurement> rows) {
        return rows.stream().map(Measurement::result).toList();
    }

    /** A copy cannot look into the catalogue. */
    private void requireKnown(List<Measurement> rows) {
        Sql sql = Sql.of(
                FIND_UNKNOWN,
                distinct(rows, Combination::modelVersionId),
                distinct(rows, Combination::hardwareConfigId),
                distinct(rows, Combination::frameworkId));
        jdbc.find(sql, row -> row.text("name")).ifPresent(column -> {
            throw new ConstraintViolationException(
                    "benchmark_results.record: the catalogue does not have the " + column + " of a result",
                    ConstraintViolationException.Kind.NOT_NULL,
                    column,
                    "23502",
                    null);
        });
    }

    private static SqlArray distinct(List<Measurement> rows, Function<Combination, UUID> id) {
        return SqlArray.uuids(
                rows.stream().map(row -> id.apply(row.combination())).distinct().toList());
    }

    private static void copy(BinaryCopy out, List<UUID> ids, List<Measurement> rows, LocalDate today)
            throws SQLException {
        for (int i = 0; i < rows.size(); i++) {
            Combination of = rows.get(i).combination();
            NewBenchmarkResult result = rows.get(i).result();
            out.row(COPY_COLUMNS)
                    .uuid(ids.get(i))
                    .date(result.benchmarkDate() == null ? today : result.benchmarkDate())
                    .uuid(null)
                    .uuid(of.modelVersionId())
                    .uuid(of.hardwareConfigId())
                    .uuid(of.frameworkId())
                    .text(of.workloadType())
                    .integer(of.batchSize())
                    .integer(of.sequenceLength());
            copy(out, result.ttftMs());
            copy(out, result.tpotMs());
            out.real(result.throughputTokensSec())
                    .real(result.rpsSustained())
                    .real(result.accuracyScore())
                    .real(result.gpuUtilizationPct())
                    .real(result.memoryUsedGb())
                    .json(result.detailedMetrics());
        }
    }

    private static void copy(BinaryCopy out, @Nullable Percentiles percentiles) throws SQLException {
        out.real(ResultRows.of(percentiles, Percentiles::p50))
                .real(ResultRows.of(percentiles, Percentiles::p90))
                .real(ResultRows.of(percentiles, Percentiles::p99));
    }
}
