package dev.evalstore.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.DatabaseOptions;
import dev.evalstore.testkit.TestDatabase;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeveralStatementsTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.empty();

    private static Jdbc one(HikariDataSource pool, String more) {
        DatabaseConfig config = database.config().build();
        pool.setJdbcUrl(config.url() + more);
        pool.setUsername(config.user());
        pool.setPassword(config.password());
        pool.setMaximumPoolSize(1);
        return Jdbc.on(pool, DatabaseOptions.DEFAULT);
    }

    /** The driver sent them apart from the sixth time on, and the lock of the first was gone before the second. */
    @Test
    void a_lock_of_an_earlier_statement_is_held_in_the_later_one_however_often_and_also_beside_a_null() {
        try (HikariDataSource pool = new HikariDataSource()) {
            Jdbc jdbc = one(pool, "");
            List<Integer> held = IntStream.range(0, 40)
                    .mapToObj(i -> jdbc.returning(
                                    Sql.of(
                                            "select pg_advisory_xact_lock(?, ?); select count(*)::int as held,"
                                                    + " ?::int as number, 'long' || ?::text as words from pg_locks"
                                                    + " where locktype = 'advisory' and pid = pg_backend_pid()",
                                            1,
                                            2,
                                            i % 20 < 10 ? null : (Integer) i,
                                            i % 3 == 0 ? null : "words"),
                                    row -> row.integer("held"))
                            .get(0))
                    .toList();
            assertThat(held).hasSize(40).containsOnly(1);
        }
    }

    /** A host may have the driver send texts without a type, which it then asks for as it does for a bare null's. */
    @ParameterizedTest
    @ValueSource(strings = {"", "?stringtype=unspecified", "?preferQueryMode=simple"})
    void a_lock_is_held_whatever_the_driver_is_told_about_types_and_modes(String more) {
        try (HikariDataSource pool = new HikariDataSource()) {
            Jdbc jdbc = one(pool, more);
            List<Integer> held = IntStream.range(0, 40)
                    .mapToObj(i -> jdbc.change(
                                    Sql.of(
                                            "select pg_advisory_xact_lock(?, ?); with w as materialized (select ?::text as words,"
                                                    + " ?::float8 as number) select count(*)::int as held from pg_locks cross join w"
                                                    + " where locktype = 'advisory' and pid = pg_backend_pid()",
                                            1,
                                            2,
                                            SqlNull.or("varchar", i % 3 == 0 ? null : "words"),
                                            SqlNull.or("float8", i % 4 == 0 ? null : (Double) 0.5)),
                                    row -> row.integer("held"))
                            .orElseThrow())
                    .toList();
            assertThat(held).hasSize(40).containsOnly(1);
        }
    }

    @Test
    void a_null_with_its_type_leaves_the_statements_prepared() {
        try (HikariDataSource pool = new HikariDataSource()) {
            Jdbc jdbc = one(pool, "");
            for (int i = 0; i < 20; i++) {
                jdbc.change(
                        Sql.of(
                                "/* typed */ select pg_advisory_xact_lock(?, ?); select 1 as one where ?::jsonb is null",
                                1,
                                2,
                                SqlNull.or("jsonb", null)),
                        row -> row.integer("one"));
            }
            long prepared = jdbc.one(
                    Sql.of("select count(*) as n from pg_prepared_statements where statement like '%::jsonb is null%'"
                            + " and statement not like '%pg_prepared%'"),
                    row -> row.bigint("n"));
            assertThat(prepared).isEqualTo(1);
        }
    }
}
