package dev.evalstore.testkit;

import dev.evalstore.internal.jdbc.Table;
import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGResultSetMetaData;

/** What a {@code Table} reads, as the server describes it, and what its record is made of: the ground of the contract tests. */
public final class TableColumns {
    private TableColumns() {}

    /**
     * A column of the result.
     *
     * @param type as the server calls it, such as {@code int4}
     * @param table the table that it comes from, or empty where it is computed
     * @param source the column of that table, or empty
     * @param isNullable whether that column may hold null; false where it is computed
     */
    public record Column(String label, String type, String table, String source, boolean isNullable) {}

    /**
     * A component that holds a single value; the components of nested records stand in its path.
     *
     * @param path the components from the row's record to this one
     */
    public record Leaf(List<RecordComponent> path) {
        public RecordComponent last() {
            return path.get(path.size() - 1);
        }

        /** {@code usage.inputTokens}. */
        public String name() {
            return String.join(".", path.stream().map(RecordComponent::getName).toList());
        }

        /** Whether it is absent in some rows: because it, or a record around it, may be null. */
        public boolean isNullable() {
            return path.stream().anyMatch(part -> part.getAnnotatedType().isAnnotationPresent(Nullable.class));
        }

        /** Its value in a row; null where a record around it is. */
        public @Nullable Object of(Object row) {
            Object value = row;
            for (RecordComponent part : path) {
                if (value == null) {
                    return null;
                }
                try {
                    part.getAccessor().setAccessible(true);
                    value = part.getAccessor().invoke(value);
                } catch (ReflectiveOperationException e) {
                    throw new IllegalStateException(e);
                }
            }
            return value;
        }
    }

    /** The record that a declared table's rows are. */
    public static Class<?> row(Field declaration) {
        return (Class<?>) ((ParameterizedType) declaration.getGenericType()).getActualTypeArguments()[0];
    }

    /** The columns that the table's own statements read. */
    public static List<Column> of(TestDatabase database, Table<?> table) {
        try (Connection connection = database.connection();
                PreparedStatement statement =
                        connection.prepareStatement(table.selectAll("contract").text())) {
            ResultSetMetaData all = statement.getMetaData();
            PGResultSetMetaData sources = (PGResultSetMetaData) all;
            List<Column> columns = new ArrayList<>();
            for (int i = 1; i <= all.getColumnCount(); i++) {
                columns.add(new Column(
                        all.getColumnLabel(i),
                        all.getColumnTypeName(i).replace("bigserial", "int8").replace("serial", "int4"),
                        sources.getBaseTableName(i),
                        sources.getBaseColumnName(i),
                        all.isNullable(i) == ResultSetMetaData.columnNullable));
            }
            return columns;
        } catch (SQLException e) {
            throw new IllegalStateException(table.name() + ": " + e.getMessage(), e);
        }
    }

    /** The single values of a record, with those of the records in it, but for records that one document holds as a whole. */
    public static List<Leaf> leaves(Class<?> record, List<Column> columns) {
        List<Leaf> leaves = new ArrayList<>();
        collect(record, columns, List.of(), leaves);
        return leaves;
    }

    private static void collect(Class<?> record, List<Column> columns, List<RecordComponent> outer, List<Leaf> leaves) {
        for (RecordComponent component : record.getRecordComponents()) {
            List<RecordComponent> path = new ArrayList<>(outer);
            path.add(component);
            boolean isWhole = byName(component.getName(), columns)
                    .filter(column -> column.type().equals("jsonb"))
                    .isPresent();
            if (component.getType().isRecord() && !isWhole) {
                collect(component.getType(), columns, path, leaves);
            } else {
                leaves.add(new Leaf(List.copyOf(path)));
            }
        }
    }

    /**
     * The column that belongs to the component by its name: the component's own name, or with those of the records around it
     * before. Underscores do not count, and neither does the unit that a column of a time names.
     *
     * @param renamed the exceptions, by {@code Record.component}
     */
    public static Optional<Column> columnOf(
            Class<?> record, Leaf leaf, List<Column> columns, Map<String, String> renamed) {
        String exception = renamed.get(record.getSimpleName() + "." + leaf.name());
        if (exception != null) {
            return columns.stream().filter(c -> c.label().equals(exception)).findFirst();
        }
        return byName(leaf.name(), columns)
                .or(() -> leaf.path().size() > 1 ? byName(leaf.last().getName(), columns) : Optional.empty());
    }

    private static Optional<Column> byName(String component, List<Column> columns) {
        String wanted = bare(component);
        return columns.stream()
                .filter(column -> bare(column.label()).equals(wanted)
                        || bare(column.label().replaceFirst("_(seconds|ms)$", ""))
                                .equals(wanted))
                .findFirst();
    }

    private static String bare(String name) {
        return Objects.requireNonNull(name).replaceAll("[._]", "").toLowerCase(Locale.ROOT);
    }
}
