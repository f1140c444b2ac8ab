package dev.evalstore.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Cursor;
import dev.evalstore.OperationStats;
import dev.evalstore.Page;
import dev.evalstore.search.Attribute;
import dev.evalstore.search.Order;
import dev.evalstore.testkit.TestDatabase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ExperimentSearchTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final String project = "project " + UUID.randomUUID();
    private final ExperimentRepository experiments = database.db().tracking().experiments();

    private UUID create(String name, LogBatch batch) {
        UUID id = experiments
                .create(NewExperiment.of(name, ExperimentKind.EVALUATION).project(project))
                .id();
        experiments.log(id, batch);
        return id;
    }

    private UUID create(String name) {
        return create(name, LogBatch.of());
    }

    private ExperimentQuery where(String text) {
        return ExperimentQuery.where(text).project(project);
    }

    private List<String> names(ExperimentQuery query) {
        return experiments.search(query).items().stream()
                .map(ExperimentRow::name)
                .toList();
    }

    /** As many as the project has, all made by the server in one moment. */
    private void createMany(int number) {
        create("first");
        database.admin("""
                insert into evalstore.experiments (project, name, kind, created_at)
                select p.id, 'same', 'evaluation', now()
                from evalstore.projects p, generate_series(2, %d) where p.name = '%s'""".formatted(number, project));
    }

    private long statements() {
        return database.db().stats().operations().stream()
                .filter(operation -> operation.name().matches("(experiment|project|metric|param)s?[_.].*"))
                .mapToLong(OperationStats::calls)
                .sum();
    }

    @Test
    void the_words_of_the_specification_find_what_they_say() {
        LogBatch good = LogBatch.of()
                .metric("accuracy", 0.95, 1, NOON)
                .param("model", "gpt-4")
                .tag("team", "a");
        UUID failed = create("failed", good);
        experiments.start(failed);
        experiments.fail(failed, "out of memory");
        UUID found = create("found", good);
        create(
                "weak",
                LogBatch.of()
                        .metric("accuracy", 0.9, 1, NOON)
                        .param("model", "gpt-4")
                        .tag("team", "b"));

        ExperimentQuery query = where("""
                        metrics.accuracy > 0.9 and (params.model = 'gpt-4' or tags.team in ('a','b'))
                        and not status = 'failed' and created_at > now() - 7d""")
                .orderBy("metrics.accuracy desc")
                .select("name", "metrics.accuracy", "params.model")
                .limit(100);

        long before = statements();
        Page<ExperimentRow> page = experiments.search(query);
        assertThat(statements()).isEqualTo(before + 1);
        assertThat(page.next()).isNull();
        ExperimentRow row = page.items().get(0);
        assertThat(page.items()).hasSize(1);
        assertThat(row.id()).isEqualTo(found);
        assertThat(row.name()).isEqualTo("found");
        assertThat(row.metric("accuracy")).isEqualTo(0.95);
        assertThat(row.param("model")).isEqualTo("gpt-4");
        assertThat(row.attributes()).containsOnlyKeys(Attribute.NAME);
        assertThat(row.tags()).isEmpty();
    }

    @Test
    void whole_rows_have_each_their_own_names_and_kinds() {
        create(
                "much",
                LogBatch.of()
                        .metric("m", 1, 1, NOON)
                        .metric("n", 2, 1, NOON)
                        .param("b", true)
                        .param("f", 0.5)
                        .param("s", "x"));
        create("some", LogBatch.of().metric("n", 3, 1, NOON).param("b", "true"));
        create("none");

        List<ExperimentRow> rows = experiments.search(where("").orderBy("name")).items();
        assertThat(rows).extracting(ExperimentRow::name).containsExactly("much", "none", "some");
        assertThat(rows)
                .extracting(ExperimentRow::metrics)
                .containsExactly(Map.of("m", 1.0, "n", 2.0), Map.of(), Map.of("n", 3.0));
        assertThat(rows)
                .extracting(ExperimentRow::params)
                .containsExactly(
                        Map.of("b", ParamValue.of(true), "f", ParamValue.of(0.5), "s", ParamValue.of("x")),
                        Map.of(),
                        Map.of("b", ParamValue.of("true")));
    }

    @Test
    void only_what_was_selected_is_read() {
        create("one", LogBatch.of().metric("m", 1, 1, NOON).param("p", 1).tag("t"));
        assertThat(experiments.explain(where("").select("name")))
                .doesNotContain("experiment_metrics", "experiment_params", "datasets");
        assertThat(experiments.explain(where(""))).contains("experiment_metrics", "experiment_params", "datasets");

        ExperimentRow whole = experiments.search(where("")).items().get(0);
        assertThat(whole.metrics()).containsOnlyKeys("m");
        assertThat(whole.params()).containsEntry("p", ParamValue.of(1));
        assertThat(whole.tags()).containsEntry("t", "");
        assertThat(whole.text(Attribute.PROJECT)).isEqualTo(project);
        assertThat(whole.time(Attribute.CREATED_AT)).isNotNull();
        assertThat(whole.number(Attribute.INPUT_TOKENS)).isZero();
        assertThat(whole.tag("t")).isEmpty();
    }

    @Test
    void of_1501_equal_rows_each_is_on_one_page() {
        createMany(1_501);
        for (String key : List.of("created_at desc", "status", "metrics.loss desc", "params.p", "description desc")) {
            List<UUID> found = new ArrayList<>();
            ExperimentQuery query = where("").orderBy(key).select("id").limit(150);
            Page<ExperimentRow> page = experiments.search(query);
            page.items().forEach(row -> found.add(row.id()));
            while (page.next() != null) {
                page = experiments.search(query.after(page.next()));
                page.items().forEach(row -> found.add(row.id()));
            }
            assertThat(found).as(key).hasSize(1_501).doesNotHaveDuplicates();
        }
    }

    @Test
    void without_keys_the_newest_is_first_and_deleted_ones_are_not_found() {
        create("a");
        UUID deleted = create("b");
        UUID archived = create("c");
        experiments.delete(deleted);
        experiments.cancel(archived);
        experiments.archive(archived);
        assertThat(names(where(""))).containsExactly("c", "a");
        assertThat(names(where("archived_at is null"))).containsExactly("a");
        assertThat(names(ExperimentQuery.where("").project("nobody's"))).isEmpty();
    }

    @Test
    void infinities_are_numbers_and_nan_and_missing_come_last_both_ways() {
        for (double value : new double[] {1, Double.NaN, Double.NEGATIVE_INFINITY, -0.0, Double.POSITIVE_INFINITY}) {
            create(Double.toString(value), LogBatch.of().metric("m", value, 1, NOON));
        }
        create("none");
        ExperimentQuery rising = where("").orderBy("metrics.m").select("name", "metrics.m");
        assertThat(names(rising)).containsExactly("-Infinity", "-0.0", "1.0", "Infinity", "NaN", "none");
        assertThat(names(rising.orderBy("metrics.m desc")))
                .containsExactly("Infinity", "1.0", "-0.0", "-Infinity", "NaN", "none");
        assertThat(experiments.search(rising).items())
                .filteredOn(row -> row.metric("m") != null)
                .allSatisfy(row -> assertThat(Double.toString(row.metric("m"))).isEqualTo(row.name()));
        assertThat(names(where("metrics.m != 1").orderBy("metrics.m").select("name")))
                .containsExactly("-Infinity", "-0.0", "Infinity");
    }

    @Test
    void a_cursor_belongs_to_its_condition_project_and_order() {
        createMany(3);
        ExperimentQuery query = where("name is not null").orderBy("name").limit(1);
        Cursor next = experiments.search(query).next();
        assertThat(experiments.search(query.after(next).limit(2).select("id")).items())
                .hasSize(2);
        for (ExperimentQuery other : List.of(
                where("name is null").orderBy("name"),
                ExperimentQuery.where("name is not null").orderBy("name"),
                ExperimentQuery.where("name is not null").project("another").orderBy("name"),
                query.orderBy("name desc"),
                query.orderBy("name", "kind"),
                query.orderBy(List.of()))) {
            assertThatThrownBy(() -> experiments.search(other.after(next)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("cursor is not one of this search");
        }
    }

    @Test
    void a_changed_cursor_is_refused_or_is_a_cursor() {
        createMany(3);
        ExperimentQuery query = where("")
                .orderBy("name", "created_at", "dataset_id", "total_cost_usd")
                .limit(1);
        byte[] good =
                Base64.getUrlDecoder().decode(experiments.search(query).next().value());
        for (int i = 0; i < good.length; i++) {
            for (int value : new int[] {0, 1, 127, 255}) {
                byte[] changed = good.clone();
                changed[i] = (byte) value;
                Cursor cursor =
                        new Cursor(Base64.getUrlEncoder().withoutPadding().encodeToString(changed));
                try {
                    assertThat(experiments.search(query.after(cursor)).items()).hasSizeLessThanOrEqualTo(1);
                } catch (IllegalArgumentException e) {
                    assertThat(e).hasMessage("cursor is not one of this search");
                }
            }
        }
        assertThatThrownBy(() -> experiments.search(query.after(new Cursor("%"))))
                .hasMessage("cursor is not one of this search");
    }

    @Test
    void a_cursor_has_room_for_the_longest_texts() {
        String emoji = "😀".repeat(200);
        for (int i = 0; i < 3; i++) {
            create(emoji, LogBatch.of().param("p", emoji).tag("t", emoji).tag("u", emoji));
        }
        ExperimentQuery query =
                where("").orderBy("name", "params.p desc", "tags.t", "tags.u").limit(1);
        Cursor next = experiments.search(query).next();
        assertThat(experiments.search(query.after(next).limit(2)).items()).hasSize(2);
    }

    @Test
    void texts_longer_than_the_index_are_compared_whole() {
        String long1 = "x".repeat(300) + "1";
        String long2 = "x".repeat(300) + "2";
        create("one", LogBatch.of().param("p", long1));
        create("two", LogBatch.of().param("p", long2));
        create("cut", LogBatch.of().param("p", "x".repeat(200)));
        assertThat(names(where("params.p = '" + long1 + "'"))).containsExactly("one");
        assertThat(names(where("params.p in ('" + long2 + "', 'y')"))).containsExactly("two");
        assertThat(names(where("params.p = '" + "x".repeat(200) + "'"))).containsExactly("cut");
        assertThat(names(where("params.p != '" + long1 + "'"))).containsExactly("cut", "two");
    }

    @Test
    void too_much_is_refused_by_the_name_of_its_part() {
        ExperimentQuery query = where("");
        assertThatThrownBy(() -> query.limit(0)).hasMessage("limit must be from 1 to 1000");
        assertThatThrownBy(() -> query.limit(1_001)).hasMessage("limit must be from 1 to 1000");
        assertThatThrownBy(() -> query.orderBy(Collections.nCopies(5, Order.ascending(Attribute.NAME))))
                .hasMessage("orderBy must be from 0 to 4");
        assertThatThrownBy(() -> query.orderBy("nothing")).hasMessageStartingWith("orderBy: at position 0");
        assertThatThrownBy(() -> query.select("a b")).hasMessageStartingWith("select: at position");
        assertThatThrownBy(() -> where("nothing = 1")).hasMessageStartingWith("where: at position 0");
        assertThatThrownBy(() -> query.project(" ")).hasMessage("project must not be blank");
        assertThat(where("name = 'secret'").toString()).doesNotContain("secret");
    }

    @Test
    void two_hundred_clauses_over_a_thousand_values_are_one_statement() {
        create("here", LogBatch.of().param("p0", "v1"));
        List<String> values = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            values.add("'v" + i + "'");
        }
        List<String> clauses = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            clauses.add("params.p" + i + " = 'v1'");
        }
        assertThat(names(where(String.join(" or ", clauses)).select("name"))).containsExactly("here");
        assertThat(names(
                        where("params.p0 in (" + String.join(",", values) + ")").select("name")))
                .containsExactly("here");
    }
}
