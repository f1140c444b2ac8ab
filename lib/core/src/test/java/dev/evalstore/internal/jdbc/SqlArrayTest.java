package dev.evalstore.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.DatabaseOptions;
import dev.evalstore.Json;
import dev.evalstore.testkit.TestDatabase;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlArrayTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Jdbc jdbc = Jdbc.on(database.pool(), DatabaseOptions.DEFAULT);

    /** Sends the values as one array, and reads them as rows in the array's order. */
    private <T extends @Nullable Object> List<T> rows(SqlArray array, RowMapper<T> mapper) {
        List<T> values = new ArrayList<>();
        List<Boolean> rows = jdbc.list(
                Sql.of("select v from unnest(?::" + array.type() + "[]) with ordinality as t(v, i) order by i", array),
                row -> values.add(mapper.map(row)));
        assertThat(rows).hasSameSizeAs(values);
        return values;
    }

    private static <T> Function<T, T> same() {
        return value -> value;
    }

    @Test
    void an_empty_array_has_no_rows() {
        assertThat(rows(SqlArray.texts(List.of()), row -> row.text("v"))).isEmpty();
        assertThat(rows(SqlArray.uuids(List.of()), row -> row.uuid("v"))).isEmpty();
    }

    @Test
    void texts_that_look_like_array_syntax_stay_as_they_are() {
        List<String> texts = Arrays.asList(
                "", " ", "null", "NULL", null, "{}", "a,b", "\"", "\\", "\\\"", "'", "a\nb\tc", "\uD83D\uDE00", "žluť");
        assertThat(rows(SqlArray.texts(texts, same()), row -> row.textOrNull("v")))
                .isEqualTo(texts);
    }

    @Test
    void bytes_stay_as_they_are() {
        byte[] all = new byte[256];
        for (int i = 0; i < 256; i++) {
            all[i] = (byte) i;
        }
        List<byte[]> values = Arrays.asList(new byte[0], null, all);
        List<byte[]> read = rows(SqlArray.bytes(values, same()), row -> row.bytesOrNull("v"));
        assertThat(read).hasSize(3);
        assertThat(read.get(0)).isEmpty();
        assertThat(read.get(1)).isNull();
        assertThat(read.get(2)).isEqualTo(all);
    }

    @Test
    void numbers_at_their_edges_stay_as_they_are() {
        List<Integer> ints = Arrays.asList(0, null, Integer.MIN_VALUE, Integer.MAX_VALUE);
        assertThat(rows(SqlArray.ints(ints, same()), row -> row.integerOrNull("v")))
                .isEqualTo(ints);
        List<Long> longs = Arrays.asList(0L, Long.MIN_VALUE, null, Long.MAX_VALUE);
        assertThat(rows(SqlArray.bigints(longs, same()), row -> row.bigintOrNull("v")))
                .isEqualTo(longs);
        List<Double> reals = Arrays.asList(0.0, -0.0, null, 0.1, Double.MIN_VALUE, Double.MAX_VALUE, 1e-300);
        assertThat(rows(SqlArray.reals(reals, same()), row -> row.realOrNull("v")))
                .isEqualTo(reals);
        List<BigDecimal> numerics =
                Arrays.asList(new BigDecimal("0"), null, new BigDecimal("-1.50"), new BigDecimal("0.000000001"));
        assertThat(rows(SqlArray.numerics(numerics, same()), row -> row.numericOrNull("v")))
                .isEqualTo(numerics);
        assertThat(rows(SqlArray.numerics(List.of(new BigDecimal("1E+3")), same()), row -> row.numeric("v")))
                .containsExactly(new BigDecimal("1000"));
    }

    @Test
    void booleans_and_documents_may_be_null() {
        List<Boolean> flags = Arrays.asList(true, null, false);
        assertThat(rows(SqlArray.bools(flags, same()), row -> row.boolOrNull("v")))
                .isEqualTo(flags);
        List<Json> documents = Arrays.asList(Json.parse("{\"a\": [1, \"x\\\"y\"]}"), null, Json.parse("null"));
        assertThat(rows(SqlArray.jsons(documents, same()), row -> row.jsonOrNull("v")))
                .isEqualTo(documents);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {11, 12, 13})
    void random_columns_with_nulls_inside_stay_together_row_by_row(long seed) {
        Random random = new Random(seed);
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            samples.add(RandomSamples.next(random));
        }
        List<Sample> read = jdbc.list(
                Sql.of(
                        "select * from unnest(?::uuid[], ?::text[], ?::int[], ?::bigint[], ?::float8[], ?::numeric[],"
                                + " ?::bool[], ?::timestamptz[], ?::bytea[], ?::jsonb[])"
                                + " as t(id, name, n, big, x, amount, ok, at, bytes, doc)",
                        SqlArray.uuids(samples, Sample::id),
                        SqlArray.texts(samples, Sample::name),
                        SqlArray.ints(samples, Sample::n),
                        SqlArray.bigints(samples, Sample::big),
                        SqlArray.reals(samples, Sample::x),
                        SqlArray.numerics(samples, Sample::amount),
                        SqlArray.bools(samples, Sample::ok),
                        SqlArray.instants(samples, Sample::at),
                        SqlArray.bytes(samples, Sample::bytes),
                        SqlArray.jsons(samples, Sample::doc)),
                Samples.TABLE.mapper());
        RandomSamples.assertSame(read, samples);
    }

    @Test
    void instants_with_nulls_are_cut_to_microseconds() {
        Instant fine = Instant.parse("2026-01-01T00:00:00.123456789Z");
        List<UUID> ids = List.of(UUID.randomUUID());
        assertThat(rows(
                        SqlArray.instants(Arrays.asList(fine, null, Instant.EPOCH), same()),
                        row -> row.instantOrNull("v")))
                .containsExactly(fine.truncatedTo(ChronoUnit.MICROS), null, Instant.EPOCH);
        assertThat(rows(SqlArray.uuids(ids), row -> row.uuid("v"))).isEqualTo(ids);
    }
}
