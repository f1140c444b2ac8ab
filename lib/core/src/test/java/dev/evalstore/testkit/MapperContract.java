package dev.evalstore.testkit;

import dev.evalstore.DatabaseOptions;
import dev.evalstore.Json;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.testkit.TableColumns.Column;
import dev.evalstore.testkit.TableColumns.Leaf;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Sends a literal of its own through a table's mapper for every column, without a row in any table, and finds the components that
 * hold another's. Where a type has few values (a boolean, an enum) it is the series of values over several passes that no two
 * columns share.
 */
public final class MapperContract {
    /** So many passes tell 15 booleans apart, and more columns of an enum. */
    private static final int PASSES = 4;

    private final TestDatabase database;
    private final Table<?> table;
    private final Class<?> record;
    private final List<Column> columns;
    private final Map<Leaf, Column> columnOf = new HashMap<>();
    private final Map<String, Leaf> leafOf = new HashMap<>();
    private final Map<String, Stored> formats;
    private final List<String> alternatives;
    private final List<String> faults = new ArrayList<>();

    /** A value as SQL and as Java. */
    private record Literal(String sql, Object value) {}

    /** A text that a column may hold where not any text will do, and what is read from it. */
    public record Stored(String text, Object value) {}

    private MapperContract(
            TestDatabase database,
            Table<?> table,
            Class<?> record,
            Map<String, String> renamed,
            Map<String, Stored> formats,
            Map<String, List<String>> alternatives) {
        this.database = database;
        this.formats = formats;
        this.alternatives = alternatives.getOrDefault(table.name(), List.of());
        this.table = table;
        this.record = record;
        this.columns = TableColumns.of(database, table);
        for (Leaf leaf : TableColumns.leaves(record, columns)) {
            TableColumns.columnOf(record, leaf, columns, renamed).ifPresent(column -> {
                columnOf.put(leaf, column);
                leafOf.put(column.label(), leaf);
            });
        }
    }

    /**
     * Where the mapper is wrong; empty where every component holds what its own column does.
     *
     * @param renamed the column's label for {@code Record.component}, where it is not the component's name
     * @param formats what {@code Record.component} is read from, where not any text or document will do
     * @param alternatives columns of which a row has exactly one, by table
     */
    public static List<String> faults(
            TestDatabase database,
            Table<?> table,
            Class<?> record,
            Map<String, String> renamed,
            Map<String, Stored> formats,
            Map<String, List<String>> alternatives) {
        MapperContract contract = new MapperContract(database, table, record, renamed, formats, alternatives);
        for (int pass = 0; pass < PASSES; pass++) {
            contract.given(pass);
        }
        contract.absent();
        return contract.faults;
    }

    /** Every column has its literal, but for those of which only one may be given: they take turns. */
    private void given(int pass) {
        Map<Column, Literal> literals = new HashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            int turn = alternatives.indexOf(columns.get(i).label());
            if (turn < 0 || turn == pass % alternatives.size()) {
                literals.put(columns.get(i), literal(i, pass));
            }
        }
        Object row = map(literals);
        if (row == null) {
            return;
        }
        columnOf.forEach((leaf, column) -> {
            Object found = leaf.of(row);
            Object expected =
                    literals.containsKey(column) ? literals.get(column).value() : null;
            if (!isEqual(expected, found)) {
                faults.add(record.getSimpleName() + "." + leaf.name() + " holds " + text(found) + " and not "
                        + column.label() + "'s " + text(expected) + whose(found, literals));
            }
        });
    }

    private static String whose(@Nullable Object found, Map<Column, Literal> literals) {
        return literals.entrySet().stream()
                .filter(entry -> isEqual(entry.getValue().value(), found))
                .map(entry -> ", but " + entry.getKey().label() + "'s")
                .findFirst()
                .orElse("");
    }

    /** Every column that may be null is. */
    private void absent() {
        Map<Column, Literal> literals = new HashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            if (!mayBeNull(columns.get(i))
                    || alternatives.indexOf(columns.get(i).label()) == 0) {
                literals.put(columns.get(i), literal(i, 0));
            }
        }
        Object row = map(literals);
        if (row == null) {
            return;
        }
        columnOf.forEach((leaf, column) -> {
            String name = record.getSimpleName() + "." + leaf.name();
            Literal given = literals.get(column);
            Object expected = given == null ? null : given.value();
            Object found = leaf.of(row);
            if (!isEqual(expected, found)) {
                faults.add(name + " holds " + text(found) + " and not " + text(expected) + " where "
                        + (given == null ? column.label() + " is null" : "every column that may be null is"));
            }
        });
    }

    private boolean mayBeNull(Column column) {
        Leaf leaf = leafOf.get(column.label());
        return column.isNullable() || !column.table().equals(table.name()) && leaf != null && leaf.isNullable();
    }

    /** The row that the mapper makes of these; null, with a fault, where it fails. */
    private @Nullable Object map(Map<Column, Literal> literals) {
        String list = columns.stream()
                .map(column -> {
                    Literal literal = literals.get(column);
                    return (literal == null ? "null" : literal.sql()) + "::" + column.type() + " as " + column.label();
                })
                .collect(Collectors.joining(", "));
        Jdbc jdbc = Jdbc.on(database.pool(), DatabaseOptions.DEFAULT);
        try {
            return jdbc.one(Sql.of("/* contract.literals */ select " + list), table.mapper());
        } catch (RuntimeException e) {
            faults.add("the mapper of " + record.getSimpleName() + " fails at select " + list + ": "
                    + (e.getCause() == null ? e : e.getCause()));
            return null;
        }
    }

    /** A value that no other column of the table has; for those with few values, in this pass or another. */
    private Literal literal(int index, int pass) {
        Column column = columns.get(index);
        Leaf leaf = leafOf.get(column.label());
        Stored stored = leaf == null ? null : formats.get(record.getSimpleName() + "." + leaf.name());
        if (stored != null) {
            return new Literal("'" + stored.text() + "'", stored.value());
        }
        Class<?> type = leaf == null ? Object.class : leaf.last().getType();
        int n = 1 + index * PASSES + pass;
        switch (column.type()) {
            case "uuid" -> {
                UUID value = new UUID(0x4000, 0x8000_0000_0000_0000L + n);
                return new Literal("'" + value + "'", value);
            }
            case "bool" -> {
                boolean value = digit(rank(index, other -> other.type().equals("bool")), 2, pass) == 1;
                return new Literal(Boolean.toString(value), value);
            }
            case "int2", "int4" -> {
                return type == Duration.class
                        ? duration(column, n)
                        : new Literal(Integer.toString(100_000 + n), 100_000 + n);
            }
            case "int8" -> {
                // More than an int holds.
                return type == Duration.class
                        ? duration(column, n)
                        : new Literal(Long.toString(5_000_000_000L + n), 5_000_000_000L + n);
            }
            case "float8" -> {
                // More than a float holds.
                double value = n + 0.123_456_789_012;
                return type == Duration.class ? duration(column, n) : new Literal("'" + value + "'", value);
            }
            case "numeric" -> {
                // More than a double holds, and no more dollars than a record admits.
                BigDecimal value = new BigDecimal(100 + n % 900 + "456789.123456789");
                return new Literal("'" + value + "'", value);
            }
            case "timestamptz" -> {
                Instant value = Instant.parse("2001-02-03T04:05:06.000007Z").plusSeconds(n * 100_000L);
                return new Literal("'" + value + "'", value);
            }
            case "date" -> {
                LocalDate value = LocalDate.of(2001, 2, 3).plusDays(n);
                return new Literal("'" + value + "'", value);
            }
            case "jsonb" -> {
                String value = "{\"n\": " + n + "}";
                return new Literal("'" + value + "'", Json.parse(value));
            }
            case "_text" -> {
                return new Literal("array['a" + n + "', 'b" + n + "']", List.of("a" + n, "b" + n));
            }
            case "bytea" -> {
                byte[] value = ("bytes" + n).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
                return new Literal("'\\x" + HexFormat.of().formatHex(value) + "'", value);
            }
            case "text", "varchar", "name", "inet" -> {
                return text(index, pass, type, n);
            }
            default ->
                throw new AssertionError(table.name() + "." + column.label() + ": no literal for " + column.type());
        }
    }

    private Literal text(int index, int pass, Class<?> type, int n) {
        if (type.isEnum()) {
            Object[] constants = type.getEnumConstants();
            int rank = rank(index, other -> {
                Leaf leaf = leafOf.get(other.label());
                return leaf != null && leaf.last().getType() == type;
            });
            Enum<?> value = (Enum<?>) constants[digit(rank, constants.length, pass)];
            return new Literal("'" + value.name().toLowerCase(Locale.ROOT) + "'", value);
        }
        if (type == InetAddress.class) {
            String value = "10.1.2." + n % 250;
            try {
                return new Literal("'" + value + "'", InetAddress.getByName(value));
            } catch (UnknownHostException e) {
                throw new IllegalStateException(e);
            }
        }
        if (type == ZoneId.class) {
            String value = "UTC+0" + n % 10;
            return new Literal("'" + value + "'", ZoneId.of(value));
        }
        return new Literal("'text " + n + "'", "text " + n);
    }

    private static Literal duration(Column column, int n) {
        return new Literal(
                Integer.toString(n), column.label().endsWith("_ms") ? Duration.ofMillis(n) : Duration.ofSeconds(n));
    }

    /** The column's place among those that it could be mistaken for, from 1. */
    private int rank(int index, java.util.function.Predicate<Column> isLike) {
        return (int) columns.subList(0, index + 1).stream().filter(isLike).count();
    }

    /** The number's digit in a system of so many; the digits of all passes are the number. */
    private static int digit(int number, int base, int pass) {
        return base == 1 ? 0 : (int) (number / Math.pow(base, pass)) % base;
    }

    private static boolean isEqual(@Nullable Object expected, @Nullable Object found) {
        return expected instanceof byte[] a && found instanceof byte[] b
                ? Arrays.equals(a, b)
                : expected instanceof Json a && found instanceof Json b
                        ? a.text().replace(" ", "").equals(b.text().replace(" ", ""))
                        : Objects.equals(expected, found);
    }

    private static String text(@Nullable Object value) {
        return value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : String.valueOf(value);
    }
}
