package dev.evalstore.internal.jdbc;

import dev.evalstore.Cursor;
import dev.evalstore.Page;
import dev.evalstore.internal.Check;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The order of a list by one column and the id, and its cursors: rows without a value last, whichever way. Rows with a value and
 * rows without are two parts of one statement. So an index of the column serves both directions, and the second part is not even
 * begun where the first one fills the page.
 */
public final class NullsLast<T> {
    private static final String STATEMENT = """
            /* {table}.list_by_{column} */ with valued as materialized (
                select {columns} from evalstore.{table} where true""";

    private static final String VALUED = """
            and {column} is not null""";

    private static final String AFTER = """
            and ({column}, id) {beyond} (?, ?)""";

    private static final String VALUED_ORDER = """
                order by {column} {way}, id {way} limit ?),
            missing as materialized (
                select {columns} from evalstore.{table} where true""";

    private static final String MISSING = """
            and {column} is null and (select count(*) from valued) < ?
                order by id {way} limit ?)
            select {columns} from valued union all select {columns} from missing
            order by {column} {way} nulls last, id {way} limit ?""";

    private static final String MISSING_ALONE = """
            /* {table}.list_without_{column} */ select {columns} from evalstore.{table} where true""";

    private static final String MISSING_AFTER = """
            and {column} is null and id {beyond} ? order by id {way} limit ?""";

    private static final String ORDER = """
            order by {column} {way} nulls last, id {way}""";

    private final Table<T> table;
    private final String column;
    private final boolean down;
    private final Function<T, @Nullable Object> value;
    private final Function<T, UUID> id;
    private final Function<String, Object> parsed;

    private NullsLast(
            Table<T> table,
            String column,
            boolean down,
            Function<T, @Nullable Object> value,
            Function<T, UUID> id,
            Function<String, Object> parsed) {
        this.table = table;
        this.column = column;
        this.down = down;
        this.value = value;
        this.id = id;
        this.parsed = parsed;
    }

    /**
     * The order by a column, the id behind it.
     *
     * @param down the greatest first
     * @param value what the row has in the column; a cursor keeps its text
     * @param parsed the value that a cursor's text is; throws if it is none
     */
    public static <T> NullsLast<T> of(
            Table<T> table,
            String column,
            boolean down,
            Function<T, @Nullable Object> value,
            Function<T, UUID> id,
            Function<String, Object> parsed) {
        return new NullsLast<>(table, column, down, value, id, parsed);
    }

    /** One page of the filtered rows. */
    public Page<T> read(Jdbc jdbc, Conditions<?> filter, int limit, @Nullable Cursor after) {
        Check.limit(limit);
        List<T> rows = jdbc.list(page(filter, limit, after), table.mapper());
        if (rows.size() <= limit) {
            return new Page<>(rows, null);
        }
        List<T> items = rows.subList(0, limit);
        return new Page<>(items, Keyset.cursor(list(), key(items.get(limit - 1))));
    }

    /** The order of {@link #read}, for a statement that reads all rows. */
    public String orderBy() {
        return text(ORDER);
    }

    /** What {@link #read} runs: one row more than the page shows whether there is a next page. */
    public Sql page(Conditions<?> filter, int limit, @Nullable Cursor after) {
        Place place = after == null ? null : Keyset.decode(list(), after, this::place);
        return place != null && place.value() == null
                ? Sql.of(text(MISSING_ALONE)).and(filter).and(text(MISSING_AFTER), place.id(), limit + 1)
                : valued(filter, place, limit + 1);
    }

    private Sql valued(Conditions<?> filter, @Nullable Place place, int wanted) {
        Sql begun = Sql.of(text(STATEMENT)).and(filter).and(text(VALUED));
        Sql from = place == null ? begun : begun.and(text(AFTER), place.value(), place.id());
        return from.and(text(VALUED_ORDER), wanted).and(filter).and(text(MISSING), wanted, wanted, wanted);
    }

    private String text(String template) {
        return table.text(template)
                .replace("{table}", table.name())
                .replace("{column}", column)
                .replace("{way}", down ? "desc" : "asc")
                .replace("{beyond}", down ? "<" : ">");
    }

    /** A cursor of one direction is none of the other. */
    private String list() {
        return String.join(".", table.name(), column, down ? "desc" : "asc");
    }

    private String key(T row) {
        Object at = value.apply(row);
        return (at == null ? "" : at) + "|" + id.apply(row);
    }

    private Place place(String key) {
        int bar = key.indexOf('|');
        String at = key.substring(0, bar);
        return new Place(at.isEmpty() ? null : parsed.apply(at), UUID.fromString(key.substring(bar + 1)));
    }

    /** Where a page ended. */
    private record Place(@Nullable Object value, UUID id) {}
}
