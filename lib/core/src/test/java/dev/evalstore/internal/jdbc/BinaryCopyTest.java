package dev.evalstore.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.ConstraintViolationException;
import dev.evalstore.DatabaseOptions;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.TxOptions;
import dev.evalstore.testkit.TestDatabase;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BinaryCopyTest {
    private static final String COPY =
            "copy evalstore.samples (id, name, n, big, x, amount, ok, at, bytes, doc)" + " from stdin (format binary)";

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Jdbc jdbc = Jdbc.on(database.pool(), DatabaseOptions.DEFAULT);

    @BeforeAll
    static void create() {
        Samples.create(database);
    }

    @BeforeEach
    void empty() {
        database.pool().getHikariPoolMXBean().softEvictConnections();
        database.admin("truncate evalstore.samples; alter table evalstore.samples drop constraint if exists"
                + " samples_n_range, add constraint samples_n_range check (n <> 13)");
    }

    private long copy(Jdbc to, List<Sample> samples) {
        return to.copyIn(COPY, out -> {
            for (Sample sample : samples) {
                out.row(10)
                        .uuid(sample.id())
                        .text(sample.name())
                        .integer(sample.n())
                        .bigint(sample.big())
                        .real(sample.x())
                        .numeric(sample.amount())
                        .bool(sample.ok())
                        .instant(sample.at())
                        .bytes(sample.bytes())
                        .json(sample.doc());
            }
        });
    }

    private static Sample numbered(@Nullable Integer n) {
        return new Sample(UUID.randomUUID(), null, n, null, null, null, null, null, null, null);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {21, 22, 23, 24})
    void random_rows_read_back_as_they_were_sent(long seed) {
        Random random = new Random(seed);
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            Sample sample = RandomSamples.next(random);
            samples.add(sample);
        }
        assertThat(copy(jdbc, samples)).isEqualTo(1_000);
        List<Sample> read = samples.stream()
                .map(sample -> Samples.TABLE.get(jdbc, sample.id()))
                .toList();
        RandomSamples.assertSame(read, samples);
    }

    @Test
    void numerics_keep_their_value_and_scale() {
        List<BigDecimal> values = new ArrayList<>();
        for (String text : List.of(
                "0",
                "0.0",
                "0.000000000",
                "1",
                "-1",
                "1E+3",
                "-1E+10",
                "0.000000001",
                "-0.000000001",
                "0.0001",
                "0.00010",
                "123456789.123456789",
                "-123456789.123456789",
                "999999999.999999999",
                "10000",
                "9999",
                "10000.0001",
                "0.1",
                "1E-100",
                "1E+100",
                "123456789012345678901234567890.5")) {
            values.add(new BigDecimal(text));
        }
        List<Sample> samples = values.stream()
                .map(value -> new Sample(UUID.randomUUID(), null, null, null, null, value, null, null, null, null))
                .toList();
        copy(jdbc, samples);
        for (Sample sample : samples) {
            BigDecimal sent = sample.amount();
            BigDecimal read = Samples.TABLE.get(jdbc, sample.id()).amount();
            assertThat(read).as(sent.toString()).isEqualTo(sent.scale() < 0 ? sent.setScale(0) : sent);
            // What the server computes from the binary form is what it computes from the text.
            assertThat(jdbc.<Boolean>one(
                            Sql.of(
                                    "select amount = ?::text::numeric and amount::text = ?::text::numeric::text as same"
                                            + " from evalstore.samples where id = ?",
                                    sent.toPlainString(),
                                    sent.toPlainString(),
                                    sample.id()),
                            row -> row.bool("same")))
                    .isTrue();
        }
    }

    @Test
    void text_arrays_read_back_as_they_were_sent() {
        List<@Nullable List<String>> lists =
                Arrays.asList(List.of(), List.of("a"), List.of("", "b,c", "\"", "\\", "NULL", "\uD83D\uDE00"), null);
        List<UUID> ids = lists.stream().map(list -> UUID.randomUUID()).toList();
        jdbc.copyIn("copy evalstore.samples (id, tags) from stdin (format binary)", out -> {
            for (int i = 0; i < ids.size(); i++) {
                out.row(2).uuid(ids.get(i)).texts(lists.get(i));
            }
        });
        for (int i = 0; i < 3; i++) {
            assertThat(jdbc.<List<String>>one(
                            Sql.of("select tags from evalstore.samples where id = ?", ids.get(i)),
                            row -> row.texts("tags")))
                    .isEqualTo(lists.get(i));
        }
        assertThat(jdbc.<Boolean>one(
                        Sql.of("select tags is null as none from evalstore.samples where id = ?", ids.get(3)),
                        row -> row.bool("none")))
                .isTrue();
    }

    @Test
    void a_row_larger_than_the_buffer_goes_through() {
        byte[] big = new byte[5 * 1024 * 1024];
        new Random(7).nextBytes(big);
        Sample sample = new Sample(UUID.randomUUID(), null, 1, null, null, null, null, null, big, null);
        copy(jdbc, List.of(numbered(1), sample, numbered(2)));
        assertThat(Samples.TABLE.get(jdbc, sample.id()).bytes()).isEqualTo(big);
    }

    @Test
    void no_rows_are_no_rows() {
        assertThat(copy(jdbc, List.of())).isZero();
    }

    @Test
    void one_bad_row_keeps_all_out_and_the_connection_stays_good() {
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < 50_000; i++) {
            samples.add(numbered(i == 10 ? 13 : 1));
        }
        jdbc.inTransaction(TxOptions.DEFAULT, (tx, connection) -> {
            assertThatThrownBy(() -> tx.inTransaction(TxOptions.DEFAULT, (nested, c) -> copy(nested, samples)))
                    .isInstanceOfSatisfying(
                            ConstraintViolationException.class,
                            e -> assertThat(e.constraint()).isEqualTo("samples_n_range"));
            return copy(tx, samples.subList(0, 3));
        });
        assertThat(count()).isEqualTo(3);
        assertThatThrownBy(() -> copy(jdbc, samples)).isInstanceOf(ConstraintViolationException.class);
        assertThat(count()).isEqualTo(3);
    }

    @Test
    void what_breaks_while_rows_are_made_comes_out_and_nothing_is_stored() {
        IllegalStateException mine = new IllegalStateException("mine");
        assertThatThrownBy(() -> jdbc.copyIn(COPY, out -> {
                    out.row(10);
                    throw mine;
                }))
                .isSameAs(mine);
        assertThat(copy(jdbc, List.of(numbered(1)))).isEqualTo(1);
        assertThat(count()).isEqualTo(1);
    }

    @Test
    void what_breaks_while_rows_are_made_is_not_hidden_by_a_lost_connection() {
        IllegalStateException mine = new IllegalStateException("mine");
        assertThatThrownBy(() -> jdbc.copyIn(COPY, out -> {
                    database.endSessions();
                    throw mine;
                }))
                .isSameAs(mine);
        assertThat(count()).isZero();
    }

    @Test
    void a_connection_lost_in_the_middle_is_transient_and_leaves_nothing() {
        assertThatThrownBy(() -> jdbc.copyIn(COPY, out -> {
                    for (int i = 0; i < 200_000; i++) {
                        if (i == 100_000) {
                            database.endSessions();
                        }
                        out.row(10).uuid(UUID.randomUUID());
                        for (int field = 1; field < 10; field++) {
                            out.text(null);
                        }
                    }
                }))
                .isInstanceOf(TransientDatabaseException.class);
        assertThat(count()).isZero();
    }

    private long count() {
        return Long.parseLong(database.value("select count(*) from evalstore.samples"));
    }
}
