package dev.evalstore.matrix;

import dev.evalstore.ConstraintViolationException;
import dev.evalstore.internal.Uuids;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;

/** Stores results that no configuration asked for. */
final class ResultCreation {
    /** From here on a binary copy is faster than one statement with arrays. */
    private static final int COPY_FROM = 10_000;

    /** An id that the catalogue does not have becomes null here, which its column refuses: no lock, and no second statement. */
    private static final String INSERT = """
            /* results.record */ insert into evalstore.benchmark_results (%s)
            select u.id, coalesce(u.day, (statement_timestamp() at time zone 'UTC')::date), null, m.id, h.id, f.id, u.workload,
                u.batch, u.sequence, u.a, u.b, u.c, u.d, u.e, u.f, u.g, u.h, u.i, u.j, u.k, u.l
            from unnest(?::uuid[], ?::uuid[], ?::uuid[], ?::uuid[], ?::text[], ?::int[], ?::int[], %s)
                as u (id, model_version, hardware, framework, workload, batch, sequence, day, a, b, c, d, e, f, g, h, i, j, k, l)
            left join evalstore.model_versions m on m.id = u.model_version
            left join evalstore.hardware_configs h on h.id = u.hardware
            left join evalstore.inference_frameworks f on f.id = u.framework""".formatted(ResultRows.WRITTEN, ResultRows.MEASURED_ARRAYS);

    private static final String COPY =
            "copy evalstore.benchmark_results (" + ResultRows.WRITTEN + ") from stdin (format binary)";

    private static final String UNKNOWN = """
            /* results.unknown */ select exists (select from unnest(?::uuid[]) i
                    where not exists (select from evalstore.model_versions m where m.id = i)) as model_version_id,
                exists (select from unnest(?::uuid[]) i
                    where not exists (select from evalstore.hardware_configs h where h.id = i)) as hardware_config_id,
                exists (select from unnest(?::uuid[]) i
                    where not exists (select from evalstore.inference_frameworks f where f.id = i)) as framework_id""";

    private final Jdbc jdbc;

    ResultCreation(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    BenchmarkResult record(Measurement measurement) {
        List<Measurement> one = List.of(measurement);
        UUID id = Uuids.next();
        Sql insert = insert(List.of(id), one).and("returning " + ResultRows.TABLE.columns());
        // After a lost connection the same row may be sent again only if its key stays the same, and its day is part of
        // that.
        boolean repeatable = measurement.result().benchmarkDate() != null;
        return ResultRows.inMonths(
                jdbc,
                List.of(measurement.result()),
                () -> repeatable
                        ? ResultRows.TABLE.insert(jdbc, id, insert)
                        : jdbc.change(insert, ResultRows.TABLE.mapper()).orElseThrow());
    }

    List<UUID> recordAll(List<Measurement> rows) {
        List<UUID> ids = Stream.generate(Uuids::next).limit(rows.size()).toList();
        if (rows.isEmpty()) {
            return ids;
        }
        List<NewBenchmarkResult> results =
                rows.stream().map(Measurement::result).toList();
        if (rows.size() < COPY_FROM) {
            ResultRows.inMonths(jdbc, results, () -> jdbc.update(insert(ids, rows)));
        } else {
            requireKnown(rows);
            LocalDate today = jdbc.one(
                    Sql.of("/* results.today */ select (statement_timestamp() at time zone 'UTC')::date as today"),
                    row -> row.date("today"));
            ResultRows.inMonths(jdbc, results, () -> jdbc.copyIn(COPY, out -> ResultRows.copy(out, ids, rows, today)));
        }
        return ids;
    }

    private static Sql insert(List<UUID> ids, List<Measurement> rows) {
        Sql of = Sql.of(
                INSERT,
                SqlArray.uuids(ids),
                SqlArray.uuids(rows, row -> row.of().modelVersionId()),
                SqlArray.uuids(rows, row -> row.of().hardwareConfigId()),
                SqlArray.uuids(rows, row -> row.of().frameworkId()),
                SqlArray.texts(rows, row -> row.of().workloadType()),
                SqlArray.ints(rows, row -> row.of().batchSize()),
                SqlArray.ints(rows, row -> row.of().sequenceLength()));
        return of.and(
                ResultRows.measured("", rows.stream().map(Measurement::result).toList()));
    }

    private void requireKnown(List<Measurement> rows) {
        Optional<String> unknown = jdbc.one(
                Sql.of(
                        UNKNOWN,
                        distinct(rows, Combination::modelVersionId),
                        distinct(rows, Combination::hardwareConfigId),
                        distinct(rows, Combination::frameworkId)),
                row -> {
                    for (String column : List.of("model_version_id", "hardware_config_id", "framework_id")) {
                        if (row.bool(column)) {
                            return Optional.of(column);
                        }
                    }
                    return Optional.empty();
                });
        unknown.ifPresent(column -> {
            throw new ConstraintViolationException(
                    "results.record: the catalogue does not have the " + column + " of a result",
                    ConstraintViolationException.Kind.NOT_NULL,
                    column,
                    "23502",
                    null);
        });
    }

    private static SqlArray distinct(List<Measurement> rows, Function<Combination, UUID> id) {
        return SqlArray.uuids(
                rows.stream().map(row -> id.apply(row.of())).distinct().toList());
    }
}
