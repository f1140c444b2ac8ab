package dev.evalstore.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The page of the language says what the parser does, and names columns that are there. */
class SearchPageTest {
    private static final Path PAGE = Path.of("../docs/search.md");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    @Test
    void the_table_has_every_attribute_with_its_names_type_and_column() throws IOException {
        List<Attribute> found = new ArrayList<>();
        for (List<String> row : rows("| attribute | also | is | column |")) {
            Attribute attribute =
                    (Attribute) Field.parse(code(row.get(0)).get(0)).get(0);
            found.add(attribute);
            for (String name : code(row.get(1))) {
                String quoted = name.startsWith("datasets.") ? name : "attributes.`" + name + "`";
                assertThat(Field.parse(quoted)).as(name).containsExactly(attribute);
            }
            assertThat(row.get(2)).isEqualTo(attribute.type().name().toLowerCase(Locale.ROOT));
            String[] column = code(row.get(3)).get(0).split("\\.", 2);
            assertThat(database.value("select count(*) from information_schema.columns where table_schema = 'evalstore'"
                            + " and table_name = '" + column[0] + "' and column_name = '" + column[1] + "'"))
                    .as(row.get(3))
                    .isEqualTo("1");
        }
        assertThat(found).containsExactly(Attribute.values());
    }

    @Test
    void the_table_of_words_is_what_the_checks_of_the_columns_admit() throws IOException {
        List<String> ours = new ArrayList<>();
        for (List<String> row : rows("| attribute | values | MLflow's |")) {
            Attribute attribute =
                    (Attribute) Field.parse(code(row.get(0)).get(0)).get(0);
            List<String> words = code(row.get(1));
            ours.addAll(words);
            for (String mlflow : code(row.get(2))) {
                Condition condition = Condition.parse(attribute + " in ('" + mlflow + "')");
                assertThat(condition)
                        .isEqualTo(new Clause.In(
                                attribute,
                                words.stream()
                                        .map(word -> (Literal) new Literal.Text(word))
                                        .toList(),
                                false));
            }
        }
        List<String> all = new ArrayList<>(Attribute.STATUS.words());
        all.addAll(Attribute.KIND.words());
        assertThat(ours).containsExactlyElementsOf(all);
        for (Attribute attribute : List.of(Attribute.STATUS, Attribute.KIND)) {
            String check =
                    database.value("select pg_get_constraintdef(oid) from pg_constraint where conname = 'experiments_"
                            + attribute + "_valid'");
            assertThat(Pattern.compile("'([a-z_]+)'").matcher(check).results().map(match -> match.group(1)))
                    .containsExactlyElementsOf(attribute.words());
        }
    }

    @Test
    void every_filter_that_the_page_shows_is_read() throws IOException {
        String page = Files.readString(PAGE);
        Matcher block = Pattern.compile("(?s)```\n(.*?)\n```").matcher(page);
        assertThat(block.find()).isTrue();
        List<String> filters = Arrays.asList(block.group(1).split("\n", -1));
        assertThat(filters)
                .hasSize(3)
                .allSatisfy(filter -> assertThat(Condition.parse(filter)).isNotNull());
    }

    @Test
    void the_table_of_literals_is_read() throws IOException {
        for (List<String> row : rows("| literal | example | of |")) {
            String field = row.get(2).equals("times") ? "created_at" : "params.a";
            for (String literal : code(row.get(1))) {
                assertThat(Condition.parse(field + " = " + literal)).isInstanceOf(Clause.Compare.class);
            }
        }
    }

    private static List<List<String>> rows(String header) throws IOException {
        List<String> lines = Files.readAllLines(PAGE);
        List<List<String>> rows = new ArrayList<>();
        for (int i = lines.indexOf(header) + 2; lines.get(i).startsWith("|"); i++) {
            rows.add(Arrays.stream(lines.get(i).replaceAll("^\\|", "").split("\\|"))
                    .map(String::strip)
                    .toList());
        }
        assertThat(rows).isNotEmpty();
        return rows;
    }

    private static List<String> code(String cell) {
        return CODE.matcher(cell).results().map(match -> match.group(1)).toList();
    }
}
