package dev.evalstore.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.internal.jdbc.Table;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Holds a table's columns, its record and the catalogue against each other. */
public final class SchemaContract {
    private SchemaContract() {}

    /**
     * The table's columns are the catalogue's and the record's, in name; a record component is nullable exactly if its column is; a vocabulary's
     * check constraint lists exactly its enum's constants.
     *
     * @param derived components that no column holds, and columns that no component does, on purpose
     */
    public static void assertMatches(TestDatabase database, Table<?> table, Class<?> row, String... derived) {
        Map<String, Boolean> nullable = new LinkedHashMap<>();
        for (String column : database.query(
                "select column_name || '=' || is_nullable from information_schema.columns where table_schema = 'evalstore'"
                        + " and table_name = '" + table.name() + "'")) {
            nullable.put(column.substring(0, column.indexOf('=')), column.endsWith("=YES"));
        }
        assertThat(nullable).as("table " + table.name()).isNotEmpty();
        List<String> given = List.of(derived);
        Map<String, RecordComponent> components = new LinkedHashMap<>();
        for (RecordComponent component : row.getRecordComponents()) {
            components.put(column(component.getName(), nullable.keySet()), component);
        }
        assertThat(without(components.keySet(), given))
                .as("components of " + row.getSimpleName() + " and columns of " + table.name())
                .isEqualTo(without(nullable.keySet(), given));
        TreeSet<String> read = new TreeSet<>();
        for (String column : table.columns().split(",")) {
            read.add(column.strip().replaceFirst("(?s).*\\s", ""));
        }
        assertThat(without(read, given))
                .as("columns that the statements of " + table.name() + " read")
                .isEqualTo(without(components.keySet(), given));
        components.forEach((name, component) -> {
            if (!given.contains(name)) {
                assertThat(isNullable(component))
                        .as(table.name() + "." + name + " is nullable")
                        .isEqualTo(nullable.get(name));
                if (component.getType().isEnum()) {
                    assertVocabulary(database, table.name(), name, component.getType());
                }
            }
        });
    }

    /** The check constraint on the column lists exactly the enum's constants. */
    public static void assertVocabulary(TestDatabase database, String table, String column, Class<?> words) {
        String rule =
                database.value("select pg_get_constraintdef(c.oid) from pg_constraint c where c.conrelid = 'evalstore."
                        + table + "'::regclass and c.conname = '" + table + "_" + column + "_valid'");
        List<String> inRule = Pattern.compile("'([a-z0-9_]+)'::text")
                .matcher(rule)
                .results()
                .map(match -> match.group(1))
                .sorted()
                .toList();
        List<String> constants = Arrays.stream(words.getEnumConstants())
                .map(constant -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT))
                .sorted()
                .toList();
        assertThat(inRule).as(table + "." + column).isEqualTo(constants);
    }

    private static Set<String> without(Iterable<String> names, List<String> left) {
        TreeSet<String> rest = new TreeSet<>();
        names.forEach(rest::add);
        rest.removeAll(left);
        return rest;
    }

    private static boolean isNullable(RecordComponent component) {
        AnnotatedElement type = component.getAnnotatedType();
        return type.isAnnotationPresent(Nullable.class);
    }

    /** The column that is the component's but for its underscores, which a digit ("per_1k") leaves open. */
    private static String column(String component, Iterable<String> columns) {
        for (String column : columns) {
            if (column.replace("_", "").equalsIgnoreCase(component)) {
                return column;
            }
        }
        return snake(component);
    }

    static String snake(String camel) {
        return camel.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }
}
