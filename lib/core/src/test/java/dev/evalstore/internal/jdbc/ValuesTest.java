package dev.evalstore.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.DatabaseException;
import dev.evalstore.DatabaseOptions;
import dev.evalstore.Isolation;
import dev.evalstore.Json;
import dev.evalstore.testkit.TestDatabase;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Jdbc jdbc = Jdbc.on(database.pool(), DatabaseOptions.DEFAULT);

    private <T> T echo(String type, @Nullable Object value, RowMapper<T> mapper) {
        return jdbc.one(Sql.of("select ?::" + type + " as v", value), mapper);
    }

    private void reads(String type, @Nullable Object value, RowMapper<?> mapper, Object expected) {
        Object read = echo(type, value, mapper);
        assertThat(read).isEqualTo(expected);
    }

    @Test
    void an_instant_is_cut_to_microseconds_and_not_rounded_into_the_next_second() {
        Instant last = Instant.parse("2026-12-31T23:59:59.999999999Z");
        Instant stored = echo("timestamptz", last, row -> row.instant("v"));
        assertThat(stored).isEqualTo(Instant.parse("2026-12-31T23:59:59.999999Z"));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void instants_before_and_after_the_epoch_read_back_cut_to_microseconds(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 50; i++) {
            Instant instant = Instant.ofEpochSecond(
                    random.nextLong(-60_000_000_000L, 200_000_000_000L), random.nextInt(1_000_000_000));
            reads("timestamptz", instant, row -> row.instant("v"), instant.truncatedTo(ChronoUnit.MICROS));
        }
    }

    @Test
    void the_sessions_time_zone_changes_no_instant() {
        Instant instant = Instant.parse("2026-03-08T10:30:00.123456Z");
        assertThat(jdbc.<String>one(Sql.of("select current_setting('TimeZone') as v"), row -> row.text("v")))
                .isEqualTo("America/Los_Angeles");
        reads("timestamptz", instant, row -> row.instant("v"), instant);
        assertThat(jdbc.<Long>one(
                        Sql.of("select (extract(epoch from ?::timestamptz) * 1000000)::bigint as v", instant),
                        row -> row.bigint("v")))
                .isEqualTo(ChronoUnit.MICROS.between(Instant.EPOCH, instant));
    }

    @Test
    void every_type_reads_back_as_it_was_bound() {
        UUID id = UUID.randomUUID();
        BigDecimal amount = new BigDecimal("123456789.123456789");
        byte[] bytes = {0, -1, 92, 39};
        LocalDate day = LocalDate.of(2026, 2, 28);
        String text = "žluťoučký \uD83D\uDE00 kůň";
        List<String> texts = List.of("a", "b,\"c");
        reads("uuid", id, row -> row.uuid("v"), id);
        reads("text", text, row -> row.text("v"), text);
        reads("int", Integer.MIN_VALUE, row -> row.integer("v"), Integer.MIN_VALUE);
        reads("bigint", Long.MIN_VALUE, row -> row.bigint("v"), Long.MIN_VALUE);
        reads("float8", Double.MIN_VALUE, row -> row.real("v"), Double.MIN_VALUE);
        reads("boolean", true, row -> row.bool("v"), true);
        reads("numeric", amount, row -> row.numeric("v"), amount);
        reads("bytea", bytes, row -> row.bytes("v"), bytes);
        reads("date", day, row -> row.date("v"), day);
        reads("float8", Duration.ofMillis(1_500), row -> row.real("v"), 1.5);
        reads("text", Isolation.READ_COMMITTED, row -> row.enumValue("v", Isolation.class), Isolation.READ_COMMITTED);
        reads("text[]", SqlArray.texts(texts), row -> row.texts("v"), texts);
    }

    @Test
    void null_is_null_in_every_type() {
        assertThat(jdbc.find(
                        Sql.of(
                                "select ?::uuid as a, ?::text as b, ?::int as c, ?::bigint as d, ?::float8 as e, ?::numeric as f,"
                                        + " ?::bytea as g, ?::timestamptz as h, ?::jsonb as i, ?::boolean as j",
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                null),
                        row -> Arrays.<@Nullable Object>asList(
                                row.uuidOrNull("a"),
                                row.textOrNull("b"),
                                row.integerOrNull("c"),
                                row.bigintOrNull("d"),
                                row.realOrNull("e"),
                                row.numericOrNull("f"),
                                row.bytesOrNull("g"),
                                row.instantOrNull("h"),
                                row.jsonOrNull("i"),
                                row.boolOrNull("j"),
                                row.enumValueOrNull("b", Isolation.class))))
                .hasValueSatisfying(values -> assertThat(values).hasSize(11).containsOnlyNulls());
    }

    @Test
    void a_null_where_a_value_must_be_names_its_column() {
        assertThatThrownBy(() -> echo("int", null, row -> row.integer("v")))
                .isInstanceOf(DatabaseException.class)
                .hasMessageContaining("column v is null");
        assertThatThrownBy(() -> echo("boolean", null, row -> row.bool("v")))
                .isInstanceOf(DatabaseException.class)
                .hasMessageContaining("column v is null");
    }

    @Test
    void a_word_that_this_library_does_not_know_names_its_column_and_advises() {
        assertThatThrownBy(() -> echo("text", "snapshot", row -> row.enumValue("v", Isolation.class)))
                .isInstanceOf(DatabaseException.class)
                .hasMessageContaining("column v")
                .hasMessageContaining("newer");
    }

    @Test
    void a_collection_is_no_single_value() {
        assertThatThrownBy(() -> echo("text", new ArrayList<>(), row -> row.text("v")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot bind");
    }

    @Test
    void jsonb_reorders_keys_and_keeps_the_last_of_a_repeated_one() {
        Json stored = echo("jsonb", Json.parse("{ \"bb\": 1, \"a\": 2, \"a\": 3 }"), row -> row.json("v"));
        assertThat(stored.text()).isEqualTo("{\"a\": 3, \"bb\": 1}");
    }

    @Test
    void a_document_that_another_writer_nested_deeper_than_we_would_is_still_readable() {
        String deep = "[".repeat(1_500) + "]".repeat(1_500);
        assertThatThrownBy(() -> Json.parse(deep)).isInstanceOf(IllegalArgumentException.class);
        Json read =
                jdbc.one(Sql.of("select (repeat('[', 1500) || repeat(']', 1500))::jsonb as v"), row -> row.json("v"));
        assertThat(read.text()).isEqualTo(deep);
    }

    @Test
    void and_if_leaves_out_what_does_not_hold_with_its_arguments() {
        Sql sql = Sql.of("select count(*) as n from evalstore.benchmarks where true")
                .andIf(false, "and name = ?", "x")
                .andIf(true, "and model = ?", "m");
        assertThat(sql.text()).isEqualTo("select count(*) as n from evalstore.benchmarks where true and model = ?");
        assertThat(sql.args()).isEqualTo(List.of("m"));
        assertThat(jdbc.<Long>one(sql, row -> row.bigint("n"))).isZero();
    }

    /** Why there is {@code andIf}: the obvious form does not prepare. */
    @Test
    void a_filter_by_is_null_or_equal_does_not_prepare() {
        assertThatThrownBy(() -> jdbc.list(
                        Sql.of(
                                "select 1 as n from evalstore.benchmarks where (? is null or created_at = ?)",
                                null,
                                null),
                        row -> row.integer("n")))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.sqlState()).isEqualTo("42P18"));
    }

    @Test
    void no_value_stands_in_a_statements_text() {
        Sql sql = Sql.of("select ?", "secret");
        assertThat(sql.toString()).isEqualTo("select ?").doesNotContain("secret");
        assertThat(SqlArray.texts(List.of("secret")).toString()).doesNotContain("secret");
        assertThat(Json.of(List.of("secret")).toString()).doesNotContain("secret");
    }
}
