package dev.evalstore.testkit;

import dev.evalstore.Json;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.testkit.TableColumns.Column;
import dev.evalstore.testkit.TableColumns.Leaf;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Holds a table's columns, its record and the catalogue against each other: names, types, nullability and enums. */
public final class SchemaContract {
    /** What a component may be, by its column's type; an enum is a text. */
    private static final Map<String, Set<Class<?>>> TYPES = Map.ofEntries(
            Map.entry("uuid", Set.of(UUID.class)),
            Map.entry("text", Set.of(String.class, InetAddress.class, ZoneId.class)),
            Map.entry("int4", Set.of(int.class, Integer.class, Duration.class)),
            Map.entry("int8", Set.of(long.class, Long.class, Duration.class)),
            Map.entry("float8", Set.of(double.class, Double.class, Duration.class)),
            Map.entry("numeric", Set.of(BigDecimal.class)),
            Map.entry("bool", Set.of(boolean.class, Boolean.class)),
            Map.entry("timestamptz", Set.of(Instant.class)),
            Map.entry("date", Set.of(LocalDate.class)),
            Map.entry("jsonb", Set.of(Json.class, Map.class, List.class)),
            Map.entry("_text", Set.of(List.class, Set.class)),
            Map.entry("inet", Set.of(InetAddress.class)),
            Map.entry("bytea", Set.of(byte[].class)));

    private final TestDatabase database;
    private final Table<?> table;
    private final Class<?> record;
    private final Exceptions exceptions;
    private final List<Column> columns;
    private final List<String> faults = new ArrayList<>();

    /**
     * What differs on purpose, each with its reason but for the first.
     *
     * @param renamed the column's label for {@code Record.component}
     * @param unread columns of the catalogue that the table's statements do not read, by {@code table.column}
     * @param unmapped columns that are read and make no component by themselves, by {@code table.label}
     * @param computed components that no column holds, by {@code Record.component}
     * @param given components that may be null though their column may not, by {@code Record.component}
     */
    public record Exceptions(
            Map<String, String> renamed,
            Map<String, String> unread,
            Map<String, String> unmapped,
            Map<String, String> computed,
            Map<String, String> given) {}

    private SchemaContract(TestDatabase database, Table<?> table, Class<?> record, Exceptions exceptions) {
        this.database = database;
        this.table = table;
        this.record = record;
        this.exceptions = exceptions;
        this.columns = TableColumns.of(database, table);
    }

    /**
     * Where the three differ; empty where they agree. The table reads every column of its own, every column that it reads is a
     * component and the other way about, in a type that fits; a component may be null exactly if its column may; a check
     * constraint lists exactly the enum's constants.
     */
    public static List<String> faults(TestDatabase database, Table<?> table, Class<?> record, Exceptions exceptions) {
        SchemaContract contract = new SchemaContract(database, table, record, exceptions);
        contract.readsAll();
        contract.components();
        return contract.faults;
    }

    private void readsAll() {
        Map<String, String> catalogue = catalogue(database, table.name());
        if (catalogue.isEmpty()) {
            faults.add("no table " + table.name());
        }
        Set<String> unread = new TreeSet<>(catalogue.keySet());
        columns.stream()
                .filter(column -> column.table().isEmpty() || column.table().equals(table.name()))
                .forEach(column -> unread.remove(column.table().isEmpty() ? column.label() : column.source()));
        unread.removeIf(column -> exceptions.unread().containsKey(table.name() + "." + column));
        if (!unread.isEmpty()) {
            faults.add(table.name() + " has columns that are not read: " + unread);
        }
    }

    private void components() {
        Map<String, Column> unmapped = new TreeMap<>();
        columns.forEach(column -> unmapped.put(column.label(), column));
        for (Leaf leaf : TableColumns.leaves(record, columns)) {
            String name = record.getSimpleName() + "." + leaf.name();
            TableColumns.columnOf(record, leaf, columns, exceptions.renamed())
                    .ifPresentOrElse(
                            column -> {
                                unmapped.remove(column.label());
                                types(name, leaf, column);
                                nullability(name, leaf, column);
                            },
                            () -> {
                                if (!exceptions.computed().containsKey(name)) {
                                    faults.add(name + " has no column");
                                }
                            });
        }
        unmapped.keySet().removeIf(label -> exceptions.unmapped().containsKey(table.name() + "." + label));
        if (!unmapped.isEmpty()) {
            faults.add(record.getSimpleName() + " has no components for the columns " + unmapped.keySet());
        }
    }

    private void types(String name, Leaf leaf, Column column) {
        Class<?> type = leaf.last().getType();
        if (type.isEnum() && column.type().equals("text")) {
            if (!column.table().isEmpty()) {
                enumValues(column, type);
            }
        } else if (type.isRecord() && column.type().equals("jsonb")) {
            return; // The record is stored as one document.
        } else if (!TYPES.getOrDefault(column.type(), Set.of()).contains(type)) {
            faults.add(name + " is a " + type.getSimpleName() + ", and " + column.label() + " is " + column.type());
        }
    }

    /** The row of another table may be missing, and the server does not know of a computed column whether it may be null. */
    private void nullability(String name, Leaf leaf, Column column) {
        boolean isOwn =
                column.table().equals(table.name()) && !exceptions.given().containsKey(name);
        if (column.isNullable() && !leaf.isNullable() || isOwn && leaf.isNullable() && !column.isNullable()) {
            faults.add(name
                    + (leaf.isNullable() ? " may be null, " : " may not be null, ")
                    + column.label()
                    + (column.isNullable() ? " may" : " may not"));
        }
    }

    /** The check constraint on the column lists exactly the enum's constants. */
    private void enumValues(Column column, Class<?> type) {
        String rule = database
                .query("select pg_get_constraintdef(c.oid) from pg_constraint c where c.conrelid = 'evalstore."
                        + column.table() + "'::regclass and c.conname = '" + column.table() + "_" + column.source()
                        + "_valid'")
                .stream()
                .findFirst()
                .orElse("");
        Set<String> constants = Arrays.stream(type.getEnumConstants())
                .map(constant -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT))
                .collect(Collectors.toCollection(TreeSet::new));
        if (!listed(rule).equals(constants)) {
            faults.add(column.table() + "." + column.source() + " admits " + listed(rule) + ", and "
                    + type.getSimpleName() + " has " + constants);
        }
    }

    /** The values that a check constraint lists. */
    public static Set<String> listed(String rule) {
        return Pattern.compile("'([a-z0-9_]+)'::text")
                .matcher(rule)
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The columns of a table of the schema, and their types. */
    public static Map<String, String> catalogue(TestDatabase database, String table) {
        Map<String, String> columns = new TreeMap<>();
        for (String column : database.query("select column_name || '=' || udt_name from information_schema.columns"
                + " where table_schema = 'evalstore' and table_name = '" + table + "'")) {
            columns.put(column.substring(0, column.indexOf('=')), column.substring(column.indexOf('=') + 1));
        }
        return columns;
    }
}
