package dev.evalstore.tracking;

import dev.evalstore.Cursor;
import dev.evalstore.internal.Check;
import dev.evalstore.search.Condition;
import dev.evalstore.search.Field;
import dev.evalstore.search.Order;
import dev.evalstore.search.SearchSyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What to search for, in which order, and what to read of it. Immutable: each method returns a query that differs in one
 * thing. The language of the texts is that of {@link Condition}, {@link Order} and {@link Field}.
 */
public final class ExperimentQuery {
    /** Every experiment: newest first, the first 100 of them, with everything that a search can name. */
    public static final ExperimentQuery ALL = matching(Condition.EVERYTHING);

    /** The maximum of keys that results are sorted by. */
    public static final int MAX_ORDERS = 4;

    /** The maximum of fields that are read. */
    public static final int MAX_FIELDS = 100;

    private static final int DEFAULT_LIMIT = 100;

    private final Condition condition;
    private final @Nullable String project;
    private final List<Order> orders;
    private final List<Field> fields;
    private final int limit;
    private final @Nullable Cursor after;

    private ExperimentQuery(
            Condition condition,
            @Nullable String project,
            List<Order> orders,
            List<Field> fields,
            int limit,
            @Nullable Cursor after) {
        this.condition = condition;
        this.project = project;
        this.orders = orders;
        this.fields = fields;
        this.limit = limit;
        this.after = after;
    }

    /**
     * The experiments that the text describes, such as {@code metrics.accuracy > 0.9 and not status = 'failed'}; all where it is
     * blank. Newest first, the first 100 of them, with everything that the search can name.
     *
     * @throws SearchSyntaxException if the text cannot be read; it says where, and what was expected there
     */
    public static ExperimentQuery where(String text) {
        return matching(Condition.parse(text));
    }

    /** The experiments that meet the condition. */
    public static ExperimentQuery matching(Condition condition) {
        return new ExperimentQuery(
                Objects.requireNonNull(condition, "condition"), null, List.of(), List.of(), DEFAULT_LIMIT, null);
    }

    /**
     * Only experiments of this project; none where no project has the name. Indexes begin with the project: without one, a search
     * reads what all projects have of a name.
     */
    public ExperimentQuery project(String name) {
        return new ExperimentQuery(condition, Check.text("project", name), orders, fields, limit, after);
    }

    /**
     * Sorted by these keys, in place of others, each as in {@code metrics.accuracy desc}; see {@link Order}. What is equal in all
     * keys is newest first. Texts are compared by their first 100 characters. Without keys, newest first.
     *
     * @throws SearchSyntaxException if a text cannot be read
     * @throws IllegalArgumentException if there are more than {@value #MAX_ORDERS} keys
     */
    public ExperimentQuery orderBy(String... keys) {
        List<Order> parsed = new ArrayList<>();
        Check.list("orderBy", keys).forEach(key -> parsed.addAll(Order.parse(key)));
        return orderBy(parsed);
    }

    /** {@link #orderBy(String...)} by keys that are no texts. */
    public ExperimentQuery orderBy(List<Order> keys) {
        List<Order> copy = Check.list("orderBy", keys);
        Check.range("orderBy", copy.size(), 0, MAX_ORDERS);
        return new ExperimentQuery(condition, project, copy, fields, limit, after);
    }

    /**
     * Only these fields are read, in place of others, each as in {@code params.model}; nothing else is read of any experiment but
     * its id. Without fields, everything.
     *
     * @throws SearchSyntaxException if a text cannot be read
     * @throws IllegalArgumentException if there are more than {@value #MAX_FIELDS} fields
     */
    public ExperimentQuery select(String... names) {
        List<Field> parsed = new ArrayList<>();
        Check.list("select", names).forEach(name -> parsed.addAll(Field.parse(name)));
        return select(parsed);
    }

    /** {@link #select(String...)} by fields that are no texts. */
    public ExperimentQuery select(List<Field> names) {
        List<Field> copy = Check.list("select", names).stream().distinct().toList();
        Check.range("select", copy.size(), 0, MAX_FIELDS);
        return new ExperimentQuery(condition, project, orders, copy, limit, after);
    }

    /** A page of so many, 1 to 1,000. */
    public ExperimentQuery limit(int rows) {
        return new ExperimentQuery(condition, project, orders, fields, Check.limit(rows), after);
    }

    /** The page after the one that ended with the cursor; null for the first page. */
    public ExperimentQuery after(@Nullable Cursor cursor) {
        return new ExperimentQuery(condition, project, orders, fields, limit, cursor);
    }

    Condition condition() {
        return condition;
    }

    @Nullable
    String project() {
        return project;
    }

    List<Order> orders() {
        return orders;
    }

    List<Field> fields() {
        return fields;
    }

    int limit() {
        return limit;
    }

    @Nullable
    Cursor after() {
        return after;
    }

    /** How large it is: none of the names and values. */
    @Override
    public String toString() {
        return "ExperimentQuery[" + orders.size() + " keys, " + fields.size() + " fields, limit " + limit + "]";
    }
}
