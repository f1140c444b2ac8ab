package dev.evalstore.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.search.Attribute;
import dev.evalstore.search.Clause;
import dev.evalstore.search.Condition;
import dev.evalstore.search.Field;
import dev.evalstore.search.Literal;
import dev.evalstore.search.Operator;
import dev.evalstore.search.Order;
import dev.evalstore.testkit.TestDatabase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Texts that attack SQL, its quotes, its comments, its parameters and the library's own placeholders are data. */
class SearchInjectionTest {
    private static final List<String> ATTACKS = List.of(
            "'",
            "''",
            "\"",
            "\\",
            "\\'",
            "`",
            "' or '1'='1",
            "' or 1=1 --",
            "'; drop table evalstore.experiments; --",
            "\"; drop table evalstore.experiments; --",
            "`; drop table evalstore.experiments; --",
            "'); delete from evalstore.experiments; select ('",
            "' union select password_hash from evalstore.users --",
            "' and pg_sleep(10) is null --",
            "/* experiments.search */",
            "*/ select 1 /*",
            "/*",
            "-- ",
            "?",
            "??",
            "$1",
            "${schema}",
            "{columns}",
            "{c}",
            "{n}",
            "{o}",
            "{scope}",
            ":name",
            "%",
            "_",
            "%%",
            "\\%",
            "$$; drop table evalstore.experiments; $$",
            "E'\\x27'",
            "U&'\\0027'",
            "evalstore.experiments",
            "null",
            "NULL",
            "true",
            "NaN",
            "a\nb",
            "a\r\nb",
            "a\tb",
            "\u202Eabc",
            "\u200B",
            "＇",
            "ʼ",
            "‘",
            "é",
            "e\u0301",
            "日本語",
            "😀",
            "{\"a\": 1}",
            "$.a",
            "a.b",
            "a,b",
            "a|b",
            "0x27",
            "1; select 1");

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final ExperimentRepository experiments = database.db().tracking().experiments();

    @Test
    void a_text_is_data_as_a_name_and_as_a_value() {
        // The first row of a table makes its months.
        experiments.create(NewExperiment.of("first", ExperimentKind.EVALUATION));
        database.admin("delete from evalstore.experiments");
        String schema = schema();
        List<UUID> ids = new ArrayList<>();
        for (String attack : ATTACKS) {
            UUID id = experiments
                    .create(NewExperiment.of(attack, ExperimentKind.EVALUATION)
                            .project(attack)
                            .param(attack, attack)
                            .param("value", attack)
                            .tag(attack, attack)
                            .tag("value", attack))
                    .id();
            experiments.log(id, LogBatch.of().metric(attack, 1, 1, Instant.EPOCH));
            ids.add(id);
        }
        for (int i = 0; i < ATTACKS.size(); i++) {
            String attack = ATTACKS.get(i);
            UUID id = ids.get(i);
            Literal text = new Literal.Text(attack);
            List<Condition> clauses = new ArrayList<>();
            for (Field field : List.of(
                    Attribute.NAME,
                    Attribute.PROJECT,
                    new Field.Param("value"),
                    new Field.Tag("value"),
                    new Field.Param(attack),
                    new Field.Tag(attack))) {
                clauses.add(new Clause.Compare(field, Operator.EQUAL, text));
                clauses.add(new Clause.In(field, List.of(text), false));
                clauses.add(new Clause.Like(field, escaped(attack), false, false));
            }
            clauses.add(new Clause.Compare(new Field.Metric(attack), Operator.EQUAL, Literal.Number.of(1)));
            clauses.add(new Clause.IsNull(new Field.Metric(attack), true));
            // Every clause finds the one experiment, and none finds another.
            found(new Condition.All(clauses), id);
            found(new Condition.Any(clauses), id);
            read(attack, id);
        }
        assertThat(database.value("select count(*) from evalstore.experiments")).isEqualTo("" + ATTACKS.size());
        assertThat(schema()).isEqualTo(schema);
    }

    /** By the tree, and by the text that it is written as. */
    private void found(Condition condition, UUID id) {
        for (Condition asked : List.of(condition, Condition.parse(condition.toString()))) {
            assertThat(experiments
                            .search(ExperimentQuery.matching(asked).select("id"))
                            .items())
                    .as("%s", asked)
                    .extracting(ExperimentRow::id)
                    .containsExactly(id);
        }
    }

    private void read(String attack, UUID id) {
        List<Field> fields = List.of(new Field.Param(attack), new Field.Tag(attack), new Field.Metric(attack));
        List<Order> orders = fields.stream().map(Order::descending).toList();
        for (ExperimentQuery query : List.of(
                ExperimentQuery.where("").project(attack).select(fields).orderBy(orders),
                ExperimentQuery.where("")
                        .project(attack)
                        .select(fields.get(0).toString(), fields.get(1) + "," + fields.get(2))
                        .orderBy(orders.get(2).toString(), orders.get(0) + "," + orders.get(1)))) {
            List<ExperimentRow> rows = experiments.search(query).items();
            assertThat(rows).extracting(ExperimentRow::id).containsExactly(id);
            assertThat(rows.get(0).param(attack)).isEqualTo(attack);
            assertThat(rows.get(0).tag(attack)).isEqualTo(attack);
            assertThat(rows.get(0).metric(attack)).isEqualTo(1.0);
        }
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
    }

    private static String schema() {
        return database.value("select string_agg(relname || relkind::text, ',' order by relname) from pg_class c"
                + " join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'evalstore'");
    }
}
