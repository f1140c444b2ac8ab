package dev.evalstore.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.evalstore.Cursor;
import dev.evalstore.DatabaseOptions;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.testkit.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What lists of 20,000 evaluations in 20 experiments read: about as many blocks as a page has rows, or as an experiment has, and
 * the same far from the beginning. Then with the indexes of {@code migrations/optional}.
 */
class EvaluationPlansTest {
    private static final String FILL = """
            insert into evalstore.projects (name) values ('p');
            insert into evalstore.experiments (project, name, kind)
            select id, 'e' || i, 'evaluation' from evalstore.projects, generate_series(1, 20) i;
            insert into evalstore.evaluations (provider, model, input, output, experiment_id, item_key, score, latency_ms,
                cost_usd, rating, created_at)
            select 'p', 'm', 'question ' || md5(n::text), 'answer ' || n, x.id, n::text,
                case when n % 10 > 0 then (n * 7919 % 10007) / 10007.0 end, case when n % 10 > 0 then n * 7919 % 10007 end,
                case when n % 10 > 0 then (n * 7919 % 10007) / 1e6 end, case when n % 20 = 0 then 1 + n % 41 / 10.0 end,
                now() - interval '1 day' + n * interval '1 second'
            from (select id, row_number() over (order by id) - 1 as i from evalstore.experiments) x
            cross join lateral generate_series(x.i * 1000 + 1, x.i * 1000 + 1000) n;
            analyze evalstore.evaluations, evalstore.experiments""";

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static Jdbc jdbc;
    private static UUID experiment;

    @BeforeAll
    static void fill() {
        database.admin("alter table evalstore.evaluations set (autovacuum_enabled = false)");
        database.admin(FILL);
        database.admin("vacuum evalstore.evaluations");
        jdbc = Jdbc.on(database.pool(), DatabaseOptions.DEFAULT);
        experiment = UUID.fromString(database.value("select id from evalstore.experiments where name = 'e10'"));
    }

    private static List<String> plan(Sql sql) {
        return jdbc.list(
                Sql.of("/* evaluations.explain */ explain (analyze, buffers, costs off)")
                        .and(sql),
                row -> row.text("QUERY PLAN"));
    }

    /** Of the statement as a whole, found in the cache or not. */
    private static int blocks(List<String> plan) {
        String buffers = plan.stream()
                .filter(line -> line.contains("Buffers:"))
                .findFirst()
                .orElseThrow();
        int blocks = 0;
        for (String word : buffers.split("[^0-9]+")) {
            blocks += word.isEmpty() ? 0 : Integer.parseInt(word);
        }
        return blocks;
    }

    private static void readsAtMost(int blocks, Sql sql) {
        List<String> plan = plan(sql);
        assertThat(blocks(plan)).as(String.join("\n", plan)).isLessThanOrEqualTo(blocks);
        assertThat(plan).noneMatch(line -> line.contains("Seq Scan on evaluations"));
    }

    private static Sql page(EvaluationFilter filter, EvaluationOrder order, Cursor after) {
        return EvaluationReads.ORDERS.byValue(order).page(filter, 100, after);
    }

    /** The cursor after so many rows. */
    private static Cursor after(EvaluationFilter filter, EvaluationOrder order, int rows) {
        Cursor next = null;
        for (int i = 0; i < rows / 1_000; i++) {
            next = database.db().evaluations().list(filter, order, 1_000, next).next();
        }
        return next;
    }

    @Test
    void the_evaluations_of_an_experiment_are_found_by_its_index() {
        EvaluationFilter mine = EvaluationFilter.ALL.experiment(experiment);
        Sql newest =
                EvaluationReads.TABLE.select("list").and(mine).and("order by created_at desc, id desc limit ?", 101);
        readsAtMost(150, newest);
        for (EvaluationOrder order : List.of(EvaluationOrder.HIGHEST_SCORE, EvaluationOrder.CHEAPEST)) {
            readsAtMost(1_100, page(mine, order, null));
        }
        readsAtMost(1_100, EvaluationReads.TABLE.select("list").and(mine.text("question")));
        readsAtMost(20, EvaluationReads.TABLE.select("list").and(mine.item("9500")));
    }

    @Test
    void the_best_and_the_worst_rated_of_all_are_found_by_an_index() {
        for (EvaluationOrder order : List.of(EvaluationOrder.BEST_RATED, EvaluationOrder.WORST_RATED)) {
            readsAtMost(250, page(EvaluationFilter.ALL, order, null));
            // Behind all that are rated.
            readsAtMost(250, page(EvaluationFilter.ALL, order, after(EvaluationFilter.ALL, order, 3_000)));
        }
        readsAtMost(250, EvaluationReads.TABLE.select("list").and(EvaluationFilter.ALL.rating(4.9, null)));
    }

    @Test
    void with_the_optional_indexes_every_order_reads_a_page_wherever_it_is() {
        optional("evaluation_orders.sql");
        optional("evaluation_orders.sql"); // changes nothing where the indexes are there
        for (EvaluationOrder order : List.of(
                EvaluationOrder.HIGHEST_SCORE,
                EvaluationOrder.LOWEST_SCORE,
                EvaluationOrder.FASTEST,
                EvaluationOrder.DEAREST)) {
            readsAtMost(250, page(EvaluationFilter.ALL, order, null));
            readsAtMost(250, page(EvaluationFilter.ALL, order, after(EvaluationFilter.ALL, order, 10_000)));
        }
        database.admin("drop index evalstore.idx_evaluations_score, evalstore.idx_evaluations_latency_ms,"
                + " evalstore.idx_evaluations_cost_usd");
    }

    @Test
    void with_the_optional_index_words_are_looked_up() {
        Sql words = EvaluationReads.TABLE.select("list").and(EvaluationFilter.ALL.words("ANSWER 1999"));
        int found = database.db()
                .evaluations()
                .list(EvaluationFilter.ALL.words("ANSWER 1999"), 100, null)
                .items()
                .size();
        assertThat(found).isEqualTo(11);
        optional("evaluation_words.sql");
        database.admin("analyze evalstore.evaluations");
        List<String> plan = plan(words);
        assertThat(String.join("\n", plan)).contains("idx_evaluations_words");
        assertThat(database.db().evaluations().count(EvaluationFilter.ALL.words("ANSWER 1999")))
                .isEqualTo(11);
        database.admin("drop index evalstore.idx_evaluations_words");
    }

    @Test
    void with_the_optional_index_a_part_of_a_text_is_looked_up() {
        boolean isThere = !database.query("select 1 from pg_available_extensions where name = 'pg_trgm'")
                .isEmpty();
        if (!isThere) {
            System.err.println("SKIPPED: this server does not carry pg_trgm, so nothing was proved of its index");
        }
        assumeThat(isThere).as("this server carries pg_trgm").isTrue();
        EvaluationFilter part = EvaluationFilter.ALL.text("SWER 1999");
        long before = database.db().evaluations().count(part);
        database.admin("grant create on database " + database.name() + " to evalstore_owner");
        optional("evaluation_trigrams.sql");
        optional("evaluation_trigrams.sql");
        database.admin("analyze evalstore.evaluations");
        List<String> plan = plan(EvaluationReads.TABLE.select("list").and(part));
        assertThat(String.join("\n", plan)).contains("idx_evaluations_trigrams");
        assertThat(database.db().evaluations().count(part)).isEqualTo(before).isEqualTo(11);
        database.admin("drop index evalstore.idx_evaluations_trigrams");
    }

    /** Runs a script as the owner, as its header says. */
    private static void optional(String script) {
        var owner = database.owner().build();
        try (var connection = DriverManager.getConnection(owner.url(), owner.user(), owner.password());
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(Files.readString(Path.of("../../migrations/optional", script))
                    .replace("${schema}", "evalstore"));
            connection.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
